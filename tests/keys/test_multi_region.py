"""Multi-Region keys: what a family shares, what each of it has for itself, and how it ends."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from crypto.ciphertext import Ciphertext
from keys import duties
from keys.models import Key, Material
from service import wire
from tests.audit.making import bodies
from tests.keys.importing import OTHER, SECRET, bring, imported
from tests.keys.using import Kms, arn, key_policy, refused
from tests.support import people

pytestmark = pytest.mark.django_db

HERE, THERE, ELSEWHERE = people.REGION, "eu-west-1", "ap-southeast-1"
DAY = timedelta(days=1)


@pytest.fixture
def there(kms) -> Kms:
    """The administrator in the region of the replica."""
    return kms.at(region=THERE)


@pytest.fixture
def primary(kms) -> str:
    return str(kms.create(MultiRegion=True, Description="primary").key_id)


@pytest.fixture
def pair(kms, primary) -> str:
    """The id of a primary key and its replica."""
    replicate(kms, primary)
    return primary


def replicate(kms, key, region=THERE, **params):
    return kms("ReplicateKey", KeyId=key, ReplicaRegion=region, **params)


def described(kms, key):
    return kms("DescribeKey", KeyId=key).key_metadata


def status(kms, key):
    found = kms("GetKeyRotationStatus", KeyId=key)
    return found.key_rotation_enabled, found.rotation_period_in_days, found.next_rotation_date


def materials(kms, key):
    return kms("ListKeyRotations", KeyId=key, IncludeKeyMaterial="ALL_KEY_MATERIAL").rotations


def states(kms, key):
    return [(each.key_material_state, each.import_state) for each in materials(kms, key)]


def encrypted(kms, key):
    return kms("Encrypt", KeyId=key, Plaintext=b"x").ciphertext_blob


def decrypted(kms, blob):
    return kms("Decrypt", CiphertextBlob=blob).plaintext


# -- making a replica


def test_a_replica_is_answered_as_being_created_and_is_there_at_once(kms, there, primary):
    answer = replicate(kms, primary)

    told = wire.encode(answer.replica_key_metadata)
    found = wire.encode(described(there, primary))
    assert (told.pop("KeyState"), told.pop("Enabled")) == ("Creating", False)
    assert (found.pop("KeyState"), found.pop("Enabled")) == ("Enabled", True)
    assert told == found
    assert found["Description"] == ""
    assert found["Arn"] == arn(primary, THERE)
    assert found["MultiRegionConfiguration"] == {
        "MultiRegionKeyType": "REPLICA",
        "PrimaryKey": {"Arn": arn(primary), "Region": HERE},
        "ReplicaKeys": [{"Arn": arn(primary, THERE), "Region": THERE}],
    }
    assert json.loads(answer.replica_policy)["Id"] == "key-default-1"
    assert answer.replica_tags == ()
    configuration = described(kms, primary).multi_region_configuration
    assert configuration.multi_region_key_type == "PRIMARY"
    assert [each.region for each in configuration.replica_keys] == [THERE]


def test_policy_tags_and_description_are_the_replicas_own(kms, there, primary):
    policy = key_policy()
    tags = [{"TagKey": "a", "TagValue": "1"}]
    answer = replicate(kms, primary, Policy=policy, Tags=tags, Description="replica")

    assert answer.replica_policy == policy
    assert wire.encode(answer.replica_tags) == tags
    assert described(there, primary).description == "replica"
    assert there("GetKeyPolicy", KeyId=primary).policy == policy
    assert wire.encode(there("ListResourceTags", KeyId=primary).tags) == tags

    there("UpdateKeyDescription", KeyId=primary, Description="changed")
    there("CreateAlias", AliasName="alias/there", TargetKeyId=primary)
    there("DisableKey", KeyId=primary)
    assert described(kms, primary).description == "primary"
    assert kms("ListResourceTags", KeyId=primary).tags == ()
    assert kms("ListAliases", KeyId=primary).aliases == ()
    assert kms.state(primary) == "Enabled"


def test_what_one_region_encrypts_another_decrypts(kms, there, pair):
    assert decrypted(there, encrypted(kms, pair)) == b"x"
    assert decrypted(kms, encrypted(there, pair)) == b"x"
    assert there("Decrypt", CiphertextBlob=encrypted(kms, pair)).key_id == arn(pair, THERE)


def test_material_is_sealed_for_each_region(kms, pair):
    here, there = Material.objects.filter(key__key_id=pair)
    assert here.material_id == there.material_id
    assert bytes(here.sealed) != bytes(there.sealed)

    Material.objects.filter(pk=there.pk).update(sealed=here.sealed)
    with refused("InternalFailure"):
        encrypted(kms.at(region=THERE), pair)


def test_a_replica_decrypts_what_was_encrypted_before_rotations(kms, there, primary):
    old = encrypted(kms, primary)
    kms("RotateKeyOnDemand", KeyId=primary)

    replicate(kms, primary)

    assert decrypted(there, old) == b"x"
    assert materials(there, primary) == materials(kms, primary)


def test_a_region_has_one_key_of_the_family(kms, pair):
    for region in (HERE, THERE):
        with refused("AlreadyExistsException"):
            replicate(kms, pair, region)
    replicate(kms, pair, ELSEWHERE)
    assert Key.objects.filter(key_id=pair).count() == 3


def test_a_replica_is_not_replicated(there, pair):
    message = f"{arn(pair, THERE)} is not a multi-region primary key."
    with refused("UnsupportedOperationException", message):
        replicate(there, pair, ELSEWHERE)


def test_a_key_of_one_region_is_not_replicated(kms, key):
    with refused("UnsupportedOperationException", f"{arn(key)} is not a multi-region primary key."):
        replicate(kms, key)


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1", "eu-nowhere-9"])
def test_a_replica_is_in_a_region_of_the_partition(kms, primary, region):
    with refused("UnsupportedOperationException"):
        replicate(kms, primary, region)


def test_a_replica_is_in_a_region_that_is_served(kms, primary, monkeypatch):
    monkeypatch.setattr("keys.replication.served_regions", lambda: {HERE: "aws"})

    with refused("UnsupportedOperationException"):
        replicate(kms, primary)


def test_a_replicas_policy_must_be_sound(kms, primary):
    locked_out = people.policy(
        people.statement("Allow", "kms:*", Principal={"AWS": people.user("else").arn})
    )
    with refused("MalformedPolicyDocumentException"):
        replicate(kms, primary, Policy=locked_out)
    with refused("TagException"):
        replicate(kms, primary, Tags=[{"TagKey": "aws:x", "TagValue": ""}])

    replicate(kms, primary, Policy=locked_out, BypassPolicyLockoutSafetyCheck=True)


def test_a_replica_is_recorded_in_both_regions(kms, primary):
    replicate(kms, primary, Description="replica")

    created, replicated = bodies()[-2:]
    assert (created["eventName"], created["awsRegion"]) == ("CreateKey", THERE)
    assert created["eventType"] == "AwsApiCall"
    assert created["userIdentity"]["userName"] == "admin"
    assert created["userIdentity"]["invokedBy"] == "kms.amazonaws.com"
    assert created["requestParameters"]["description"] == "replica"
    assert [each["ARN"] for each in created["resources"]] == [arn(primary, THERE)]
    assert (replicated["eventName"], replicated["awsRegion"]) == ("ReplicateKey", HERE)
    resources = [each["ARN"] for each in replicated["resources"]]
    assert resources == [arn(primary), arn(primary, THERE)]


# -- who may


@pytest.mark.parametrize(
    ("allowed", "tags", "passes"),
    [
        (["kms:ReplicateKey"], [], False),
        (["kms:CreateKey"], [], False),
        (["kms:ReplicateKey", "kms:CreateKey"], [], True),
        (["kms:ReplicateKey", "kms:CreateKey"], [{"TagKey": "a", "TagValue": ""}], False),
        (
            ["kms:ReplicateKey", "kms:CreateKey", "kms:TagResource"],
            [{"TagKey": "a", "TagValue": ""}],
            True,
        ),
    ],
)
def test_who_replicates_must_be_let_create_there(primary, allowed, tags, passes):
    someone = Kms(people.user("someone", *allowed))

    if passes:
        replicate(someone, primary, Tags=tags)
    else:
        with refused("AccessDeniedException"):
            replicate(someone, primary, Tags=tags)


def _with(action, **condition):
    """A user who may do everything, but `action` where the condition holds."""
    user = people.user("bounded", "*")
    deny = people.statement("Deny", action, Condition={"StringEquals": condition})
    people.attach(user, deny, name="bounds")
    return Kms(user)


@pytest.mark.parametrize(
    ("action", "condition"),
    [
        ("kms:ReplicateKey", {"kms:ReplicaRegion": THERE}),
        ("kms:CreateKey", {"aws:RequestedRegion": THERE}),
        ("kms:CreateKey", {"kms:MultiRegionKeyType": "REPLICA"}),
    ],
)
def test_policies_may_bound_where_replicas_are(primary, action, condition):
    bounded = _with(action, **condition)

    with refused("AccessDeniedException"):
        replicate(bounded, primary)


def test_a_policy_may_bound_the_primary_region(pair):
    bounded = _with("kms:UpdatePrimaryRegion", **{"kms:PrimaryRegion": THERE})

    with refused("AccessDeniedException"):
        bounded("UpdatePrimaryRegion", KeyId=pair, PrimaryRegion=THERE)


def test_both_keys_must_let_the_primary_move(kms, there, pair):
    deny = people.statement("Deny", "kms:UpdatePrimaryRegion", Principal="*")
    there("PutKeyPolicy", KeyId=pair, Policy=key_policy(deny))

    with refused("AccessDeniedException"):
        kms("UpdatePrimaryRegion", KeyId=pair, PrimaryRegion=THERE)


# -- the primary moves


def test_the_primary_moves(kms, there, pair):
    replicate(kms, pair, ELSEWHERE)

    kms("UpdatePrimaryRegion", KeyId=pair, PrimaryRegion=THERE)

    for each in (kms, there, kms.at(region=ELSEWHERE)):
        configuration = described(each, pair).multi_region_configuration
        assert configuration.primary_key.region == THERE
        assert [key.region for key in configuration.replica_keys] == [ELSEWHERE, HERE]
    with refused("UnsupportedOperationException"):
        kms("RotateKeyOnDemand", KeyId=pair)
    there("RotateKeyOnDemand", KeyId=pair)
    records = [(each["eventName"], each["awsRegion"]) for each in bodies()]
    assert ("UpdatePrimaryRegion", HERE) in records
    assert ("UpdatePrimaryRegion", THERE) in records


def test_only_a_primary_moves(there, pair):
    message = f"{arn(pair, THERE)} is not a multi-region primary key."
    with refused("UnsupportedOperationException", message):
        there("UpdatePrimaryRegion", KeyId=pair, PrimaryRegion=HERE)


def test_a_key_of_one_region_does_not_move(kms, key):
    with refused("UnsupportedOperationException"):
        kms("UpdatePrimaryRegion", KeyId=key, PrimaryRegion=THERE)


def test_a_primary_moves_to_a_replica_only(kms, pair):
    with refused("UnsupportedOperationException"):
        kms("UpdatePrimaryRegion", KeyId=pair, PrimaryRegion=HERE)
    message = f"Key '{arn(pair, ELSEWHERE)}' does not exist"
    with refused("NotFoundException", message):
        kms("UpdatePrimaryRegion", KeyId=pair, PrimaryRegion=ELSEWHERE)


def test_a_primary_moves_to_an_enabled_replica_only(kms, there, pair):
    there("DisableKey", KeyId=pair)

    with refused("DisabledException", f"{arn(pair, THERE)} is disabled."):
        kms("UpdatePrimaryRegion", KeyId=pair, PrimaryRegion=THERE)


# -- rotation


def test_a_family_rotates_with_its_primary(kms, there, pair):
    there("DisableKey", KeyId=pair)
    old = encrypted(kms, pair)

    kms("RotateKeyOnDemand", KeyId=pair)

    there("EnableKey", KeyId=pair)
    assert described(kms, pair).current_key_material_id == (
        described(there, pair).current_key_material_id
    )
    assert materials(kms, pair) == materials(there, pair)
    assert (decrypted(there, old), decrypted(there, encrypted(kms, pair))) == (b"x", b"x")
    names = [(each["eventName"], each["awsRegion"]) for each in bodies()]
    assert ("RotateKey", HERE) in names
    assert ("SynchronizeMultiRegionKey", THERE) in names


def test_a_family_rotates_by_itself_once(kms, there, primary):
    kms("EnableKeyRotation", KeyId=primary, RotationPeriodInDays=100)
    replicate(kms, primary)
    replicate(kms, primary, ELSEWHERE)
    found = status(kms, primary)
    assert found[:2] == (True, 100)
    assert status(there, primary) == found

    with time_machine.travel(found[2], tick=False):
        assert duties.rotate_due_keys() == 1

    assert status(there, primary) == status(kms, primary) == (True, 100, found[2] + 100 * DAY)
    assert materials(there, primary) == materials(kms, primary)
    assert len(materials(kms, primary)) == 2


def test_rotation_is_turned_on_and_off_for_the_family(kms, there, pair):
    kms("EnableKeyRotation", KeyId=pair)
    assert status(there, pair) == status(kms, pair)
    assert status(there, pair)[0] is True

    kms("DisableKeyRotation", KeyId=pair)
    assert status(there, pair) == (False, None, None)


@pytest.mark.parametrize("name", ["EnableKeyRotation", "DisableKeyRotation", "RotateKeyOnDemand"])
def test_a_replica_is_not_rotated(there, pair, name):
    message = f"{arn(pair, THERE)} is not a multi-region primary key."
    with refused("UnsupportedOperationException", message):
        there(name, KeyId=pair)


def test_a_family_whose_primary_is_disabled_waits(kms, pair):
    kms("EnableKeyRotation", KeyId=pair)
    kms("DisableKey", KeyId=pair)

    with time_machine.travel(status(kms, pair)[2]):
        assert duties.rotate_due_keys() == 0


# -- imported material


@pytest.fixture
def seeded(kms) -> str:
    """The id of a primary key with imported material, and a replica that has yet to get it."""
    key = imported(kms, MultiRegion=True)
    replicate(kms, key)
    return key


def test_a_replica_waits_for_its_primarys_material(kms, there, seeded):
    assert (kms.state(seeded), there.state(seeded)) == ("Enabled", "PendingImport")
    assert states(there, seeded) == [("CURRENT", "PENDING_IMPORT")]
    with refused("IncorrectKeyMaterialException"):
        bring(there, seeded, OTHER)
    with refused("UnsupportedOperationException"):
        bring(there, seeded, OTHER, ImportType="NEW_KEY_MATERIAL")

    assert bring(there, seeded) == described(kms, seeded).current_key_material_id
    assert decrypted(there, encrypted(kms, seeded)) == b"x"


def test_each_region_has_dates_of_its_own(kms, there, seeded):
    bring(there, seeded, ValidTo=datetime.now(UTC) + DAY)

    assert described(kms, seeded).expiration_model == "KEY_MATERIAL_DOES_NOT_EXPIRE"
    with time_machine.travel(datetime.now(UTC) + DAY):
        assert duties.remove_expired_material() == 1
    assert (kms.state(seeded), there.state(seeded)) == ("Enabled", "PendingImport")


def test_a_key_that_waits_for_its_material_is_not_replicated(kms):
    key = kms.create(Origin="EXTERNAL", MultiRegion=True).key_id

    with refused("KMSInvalidStateException", f"{arn(key)} is pending import."):
        replicate(kms, key)


def test_new_material_waits_until_each_region_has_it(kms, there, seeded):
    bring(there, seeded)
    old = encrypted(kms, seeded)
    bring(kms, seeded, OTHER, ImportType="NEW_KEY_MATERIAL")
    waits = "PENDING_MULTI_REGION_IMPORT_AND_ROTATION"
    assert states(kms, seeded)[1] == (waits, "IMPORTED")
    assert states(there, seeded)[1] == (waits, "PENDING_IMPORT")
    with refused("KMSInvalidStateException"):
        kms("RotateKeyOnDemand", KeyId=seeded)

    bring(there, seeded, OTHER, ImportType="EXISTING_KEY_MATERIAL")
    assert states(kms, seeded)[1] == states(there, seeded)[1] == ("PENDING_ROTATION", "IMPORTED")
    kms("RotateKeyOnDemand", KeyId=seeded)

    assert states(kms, seeded) == states(there, seeded)
    assert states(there, seeded) == [("NON_CURRENT", "IMPORTED"), ("CURRENT", "IMPORTED")]
    assert decrypted(there, encrypted(kms, seeded)) == b"x"
    assert decrypted(there, old) == b"x"


def test_no_ciphertext_is_made_with_material_that_is_not_there(kms, there, seeded):
    bring(there, seeded)
    waiting = bring(kms, seeded, OTHER, ImportType="NEW_KEY_MATERIAL")
    forged = replace(Ciphertext.parse(encrypted(kms, seeded)), material_id=waiting)

    with refused("InvalidCiphertextException"):
        there("Decrypt", CiphertextBlob=bytes(forged))


def test_a_replica_that_comes_later_holds_the_rotation_up(kms, seeded):
    bring(kms, seeded, OTHER, ImportType="NEW_KEY_MATERIAL")
    late = kms.at(region=ELSEWHERE)
    replicate(kms, seeded, ELSEWHERE)

    assert states(late, seeded) == [
        ("CURRENT", "PENDING_IMPORT"),
        ("PENDING_MULTI_REGION_IMPORT_AND_ROTATION", "PENDING_IMPORT"),
    ]
    bring(late, seeded, OTHER)
    assert late.state(seeded) == "PendingImport"
    bring(late, seeded, SECRET)
    assert late.state(seeded) == "Enabled"


def test_waiting_material_that_the_primary_gives_up_is_given_up_everywhere(kms, there, seeded):
    bring(there, seeded)
    second = bring(kms, seeded, OTHER, ImportType="NEW_KEY_MATERIAL")
    bring(there, seeded, OTHER)

    kms("DeleteImportedKeyMaterial", KeyId=seeded, KeyMaterialId=second)

    assert states(kms, seeded) == states(there, seeded) == [("CURRENT", "IMPORTED")]


def test_waiting_material_that_a_replica_gives_up_is_wanted_there_again(kms, there, seeded):
    bring(there, seeded)
    second = bring(kms, seeded, OTHER, ImportType="NEW_KEY_MATERIAL")
    bring(there, seeded, OTHER)

    there("DeleteImportedKeyMaterial", KeyId=seeded, KeyMaterialId=second)

    waits = "PENDING_MULTI_REGION_IMPORT_AND_ROTATION"
    assert states(kms, seeded)[1] == (waits, "IMPORTED")
    assert states(there, seeded)[1] == (waits, "PENDING_IMPORT")
    assert there.state(seeded) == "Enabled"


def test_material_deleted_in_one_region_stays_in_the_others(kms, there, seeded):
    bring(there, seeded)
    blob = encrypted(kms, seeded)

    kms("DeleteImportedKeyMaterial", KeyId=seeded)

    assert (kms.state(seeded), there.state(seeded)) == ("PendingImport", "Enabled")
    assert decrypted(there, blob) == b"x"


# -- the end


def _fall_due(kms, key, region):
    kms.at(region=region)("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    Key.objects.filter(key_id=key, region=region).update(deletion_date=datetime.now(UTC))


def test_a_primary_waits_for_its_replicas_to_go(kms, pair):
    answer = kms("ScheduleKeyDeletion", KeyId=pair, PendingWindowInDays=8)

    assert (answer.key_state, answer.deletion_date) == ("PendingReplicaDeletion", None)
    assert answer.pending_window_in_days == 8
    found = described(kms, pair)
    assert (found.key_state, found.pending_deletion_window_in_days) == ("PendingReplicaDeletion", 8)
    assert (found.enabled, found.deletion_date) == (False, None)
    with refused("KMSInvalidStateException", f"{arn(pair)} is pending replica deletion."):
        encrypted(kms, pair)


def test_its_waiting_period_begins_when_the_last_replica_is_deleted(kms, there, pair):
    replicate(kms, pair, ELSEWHERE)
    kms("ScheduleKeyDeletion", KeyId=pair, PendingWindowInDays=8)
    _fall_due(kms, pair, THERE)
    assert duties.delete_due_keys() == 1
    assert kms.state(pair) == "PendingReplicaDeletion"
    _fall_due(kms, pair, ELSEWHERE)
    assert kms.state(pair) == "PendingReplicaDeletion"

    before = datetime.now(UTC)
    assert duties.delete_due_keys() == 1

    found = described(kms, pair)
    assert found.key_state == "PendingDeletion"
    assert found.pending_deletion_window_in_days is None
    assert before <= found.deletion_date - 8 * DAY <= datetime.now(UTC)
    with time_machine.travel(found.deletion_date):
        assert duties.delete_due_keys() == 1
    assert not Key.objects.exists()


def test_a_replica_that_goes_leaves_its_primary_alone(kms, there, pair):
    blob = encrypted(there, pair)
    _fall_due(kms, pair, THERE)
    assert duties.delete_due_keys() == 1

    found = described(kms, pair)
    assert found.key_state == "Enabled"
    assert found.multi_region_configuration.replica_keys == ()
    assert decrypted(kms, blob) == b"x"
    replicate(kms, pair)
    assert decrypted(there, blob) == b"x"


def test_a_replica_whose_time_has_come_is_not_shown_and_not_waited_for(kms, pair):
    _fall_due(kms, pair, THERE)

    assert described(kms, pair).multi_region_configuration.replica_keys == ()
    made = replicate(kms, pair, ELSEWHERE).replica_key_metadata
    assert [each.region for each in made.multi_region_configuration.replica_keys] == [ELSEWHERE]
    _fall_due(kms, pair, ELSEWHERE)
    assert kms("ScheduleKeyDeletion", KeyId=pair).key_state == "PendingDeletion"


def test_a_primary_that_waits_can_be_kept(kms, pair):
    kms("ScheduleKeyDeletion", KeyId=pair)
    assert kms("CancelKeyDeletion", KeyId=pair).key_id == arn(pair)

    found = described(kms, pair)
    assert (found.key_state, found.pending_deletion_window_in_days) == ("Disabled", None)
    _fall_due(kms, pair, THERE)
    duties.delete_due_keys()
    assert kms.state(pair) == "Disabled"


def test_a_primary_without_replicas_goes_like_any_key(kms, primary):
    assert kms("ScheduleKeyDeletion", KeyId=primary).key_state == "PendingDeletion"


def test_a_replica_goes_like_any_key(there, pair):
    answer = there("ScheduleKeyDeletion", KeyId=pair)

    assert answer.key_state == "PendingDeletion"
    assert answer.deletion_date is not None
