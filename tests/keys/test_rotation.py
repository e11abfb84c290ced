"""Rotation: when a key goes on with other material, and that nothing is lost by it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from keys import duties, specs
from keys.models import Key, Material
from keys.specs import Spec
from tests.audit.making import bodies
from tests.keys import importing
from tests.keys.using import Kms, arn, key_policy, refused
from tests.support import people

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def status(kms, key):
    return kms("GetKeyRotationStatus", KeyId=key)


def rotations(kms, key, **params):
    return kms("ListKeyRotations", KeyId=key, **params).rotations


def materials(kms, key):
    return rotations(kms, key, IncludeKeyMaterial="ALL_KEY_MATERIAL")


def encrypted(kms, key):
    return kms("Encrypt", KeyId=key, Plaintext=b"x").ciphertext_blob


def decrypted(kms, blob):
    """The plaintext, and the material that made the ciphertext."""
    answer = kms("Decrypt", CiphertextBlob=blob)
    return answer.plaintext, answer.key_material_id


# -- automatic rotation, on and off


def test_a_key_does_not_rotate_by_itself_unless_asked(kms, key):
    found = status(kms, key)

    assert (found.key_id, found.key_rotation_enabled) == (arn(key), False)
    assert (found.rotation_period_in_days, found.next_rotation_date) == (None, None)


@pytest.mark.parametrize(("asked", "days"), [({}, 365), ({"RotationPeriodInDays": 90}, 90)])
def test_a_key_rotates_a_period_after_that_was_turned_on(kms, key, asked, days):
    before = datetime.now(UTC)
    kms("EnableKeyRotation", KeyId=key, **asked)

    found = status(kms, key)
    assert (found.key_rotation_enabled, found.rotation_period_in_days) == (True, days)
    assert before <= found.next_rotation_date - days * DAY <= datetime.now(UTC)
    assert found.on_demand_rotation_start_date is None


def test_a_new_period_begins_anew_and_the_same_goes_on(kms, key):
    now = datetime.now(UTC)
    later = kms.at(time=now + 30 * DAY)
    kms.at(time=now)("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    first = status(kms, key).next_rotation_date

    later("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    assert status(kms, key).next_rotation_date == first
    later("EnableKeyRotation", KeyId=key, RotationPeriodInDays=100)
    assert status(kms, key).next_rotation_date == first + 40 * DAY


def test_turned_off_there_is_no_date_and_no_period(kms, key):
    kms("EnableKeyRotation", KeyId=key)
    kms("DisableKeyRotation", KeyId=key)

    found = status(kms, key)
    assert found.key_rotation_enabled is False
    assert (found.rotation_period_in_days, found.next_rotation_date) == (None, None)


@pytest.mark.parametrize("days", [89, 2561])
def test_a_period_is_of_90_to_2560_days(kms, key, days):
    with refused("ValidationException"):
        kms("EnableKeyRotation", KeyId=key, RotationPeriodInDays=days)


def test_a_policy_may_bound_the_period_also_where_none_is_given(kms):
    condition = {"NumericGreaterThan": {"kms:RotationPeriodInDays": "180"}}
    deny = people.statement("Deny", "kms:EnableKeyRotation", Principal="*", Condition=condition)
    key = kms.create(Policy=key_policy(deny)).key_id

    with refused("AccessDeniedException"):
        kms("EnableKeyRotation", KeyId=key)
    kms("EnableKeyRotation", KeyId=key, RotationPeriodInDays=180)


def test_a_key_that_is_to_be_deleted_says_it_does_not_rotate_until_it_is_kept(kms, key):
    kms("EnableKeyRotation", KeyId=key)
    kms("ScheduleKeyDeletion", KeyId=key)
    assert status(kms, key).key_rotation_enabled is False
    assert status(kms, key).next_rotation_date is None

    kms("CancelKeyDeletion", KeyId=key)
    assert status(kms, key).key_rotation_enabled is True


def test_another_accounts_key_tells_its_status_if_its_policy_lets(kms, stranger):
    account = f"arn:aws:iam::{people.OTHER_ACCOUNT}:root"
    allow = people.statement("Allow", "kms:GetKeyRotationStatus", Principal={"AWS": account})
    open_key = kms.create(Policy=key_policy(allow))
    closed = kms.create()

    assert status(stranger, open_key.arn).key_id == open_key.arn
    with refused("AccessDeniedException"):
        status(stranger, closed.arn)


# -- kinds of keys that do not rotate

SPECS = {
    "SYMMETRIC_DEFAULT": specs.SPECS["SYMMETRIC_DEFAULT"],
    "HMAC_256": Spec("HMAC_256", {"GENERATE_VERIFY_MAC": ("HMAC_SHA_256",)}),
}
AUTOMATIC = ["EnableKeyRotation", "DisableKeyRotation"]
ROTATING = [*AUTOMATIC, "RotateKeyOnDemand", "ListKeyRotations"]


@pytest.fixture
def mac(kms, key, monkeypatch):
    """The id of an HMAC key."""
    monkeypatch.setattr(specs, "SPECS", SPECS)
    monkeypatch.setattr("keys.rotation.SPECS", SPECS)
    Key.objects.filter(key_id=key).update(spec="HMAC_256", usage="GENERATE_VERIFY_MAC")
    return key


@pytest.mark.parametrize("operation", ROTATING)
def test_keys_that_are_not_symmetric_do_not_rotate(kms, mac, operation):
    with refused("UnsupportedOperationException", ""):
        kms(operation, KeyId=mac)


def test_keys_that_are_not_symmetric_say_that_they_do_not_rotate(kms, mac):
    assert status(kms, mac).key_rotation_enabled is False


@pytest.mark.parametrize("operation", [*AUTOMATIC, "GetKeyRotationStatus"])
def test_imported_keys_do_not_rotate_by_themselves(kms, operation):
    key = importing.imported(kms)
    message = f"{arn(key)} origin is EXTERNAL which is not valid for this operation."

    with refused("UnsupportedOperationException", message):
        kms(operation, KeyId=key)


@pytest.mark.parametrize("operation", [*ROTATING, "GetKeyRotationStatus"])
def test_keys_of_a_key_store_do_not_rotate(kms, key, operation):
    Key.objects.filter(key_id=key).update(origin="AWS_CLOUDHSM")
    message = f"{arn(key)} origin is AWS_CLOUDHSM which is not valid for this operation."

    with refused("UnsupportedOperationException", message):
        kms(operation, KeyId=key)


@pytest.mark.parametrize("operation", [*AUTOMATIC, "RotateKeyOnDemand"])
def test_nobody_meddles_with_the_rotation_of_aws_managed_keys(kms, key, operation):
    managed = kms("DescribeKey", KeyId="alias/aws/ssm").key_metadata
    with refused("AccessDeniedException"):
        kms(operation, KeyId=managed.key_id)

    Key.objects.filter(key_id=key).update(manager="AWS")
    with refused("UnsupportedOperationException"):
        kms(operation, KeyId=key)


@pytest.mark.parametrize("operation", [*ROTATING, "GetKeyRotationStatus"])
def test_an_alias_is_no_name_here(kms, key, operation):
    kms("CreateAlias", AliasName="alias/a", TargetKeyId=key)

    with refused("NotFoundException", "Invalid keyId 'alias/a'"):
        kms(operation, KeyId="alias/a")


# -- on demand


def test_a_rotated_key_encrypts_with_fresh_material_and_decrypts_with_each(kms, key):
    first = kms("DescribeKey", KeyId=key).key_metadata.current_key_material_id
    old = encrypted(kms, key)

    assert kms("RotateKeyOnDemand", KeyId=key).key_id == arn(key)

    second = kms("DescribeKey", KeyId=key).key_metadata.current_key_material_id
    assert second != first
    assert decrypted(kms, old) == (b"x", first)
    assert decrypted(kms, encrypted(kms, key)) == (b"x", second)
    made = kms("GenerateDataKey", KeyId=key, KeySpec="AES_256")
    assert made.key_material_id == second


def test_a_rotation_on_demand_leaves_the_schedule_as_it_is(kms, key):
    kms("EnableKeyRotation", KeyId=key, RotationPeriodInDays=100)
    before = status(kms, key)

    kms("RotateKeyOnDemand", KeyId=key)

    assert status(kms, key) == before


def test_a_key_rotates_on_demand_25_times(kms, key):
    for _ in range(25):
        kms("RotateKeyOnDemand", KeyId=key)

    message = (
        "The on-demand rotations limit has been reached for the given keyId. No more on-demand "
        f"rotations can be performed for this key: {arn(key)}"
    )
    with refused("LimitExceededException", message):
        kms("RotateKeyOnDemand", KeyId=key)
    assert len(rotations(kms, key)) == 25


def test_rotations_by_themselves_do_not_count(kms, key):
    kms("RotateKeyOnDemand", KeyId=key)
    Material.objects.update(rotation="AUTOMATIC")
    for _ in range(25):
        kms("RotateKeyOnDemand", KeyId=key)


@pytest.mark.parametrize(("minutes", "conflicts"), [(21, False), (20, True), (0, True), (-5, True)])
def test_close_to_an_automatic_rotation_none_begins(kms, key, minutes, conflicts):
    kms("EnableKeyRotation", KeyId=key)
    time = status(kms, key).next_rotation_date - timedelta(minutes=minutes)

    if conflicts:
        with refused("ConflictException"):
            kms.at(time=time)("RotateKeyOnDemand", KeyId=key)
    else:
        kms.at(time=time)("RotateKeyOnDemand", KeyId=key)


def test_a_rotation_is_recorded_beside_the_call_for_it(kms, key):
    first = kms("DescribeKey", KeyId=key).key_metadata.current_key_material_id
    kms("RotateKeyOnDemand", KeyId=key)
    second = kms("DescribeKey", KeyId=key).key_metadata.current_key_material_id

    rotation, call = bodies()[-3:-1]
    assert (rotation["eventName"], call["eventName"]) == ("RotateKey", "RotateKeyOnDemand")
    assert rotation["eventType"] == "AwsServiceEvent"
    assert [each["ARN"] for each in rotation["resources"]] == [arn(key)]
    assert rotation["serviceEventDetails"] == {
        "rotationType": "ON_DEMAND",
        "keyOrigin": "AWS_KMS",
        "previousKeyMaterialId": first,
        "currentKeyMaterialId": second,
    }


# -- the list


def test_a_new_key_has_no_rotation_and_one_material(kms, key):
    current = kms("DescribeKey", KeyId=key).key_metadata.current_key_material_id

    assert rotations(kms, key) == ()
    (only,) = materials(kms, key)
    assert (only.key_id, only.key_material_id, only.key_material_state) == (key, current, "CURRENT")
    assert (only.rotation_date, only.rotation_type) == (None, None)
    assert (only.import_state, only.expiration_model, only.valid_to) == (None, None, None)
    assert only.key_material_description is None


def test_rotations_are_listed_with_their_dates_the_oldest_first(kms, key):
    times = [datetime.now(UTC) + number * DAY for number in range(3)]
    for time in times:
        kms.at(time=time)("RotateKeyOnDemand", KeyId=key)

    assert [each.rotation_date for each in rotations(kms, key)] == times
    states = [each.key_material_state for each in materials(kms, key)]
    assert states == ["NON_CURRENT", "NON_CURRENT", "NON_CURRENT", "CURRENT"]
    assert {each.rotation_type for each in rotations(kms, key)} == {"ON_DEMAND"}


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_pages_of_rotations_are_walked_once(kms, key, size):
    for _ in range(4):
        kms("RotateKeyOnDemand", KeyId=key)
    seen, marker = [], {}
    while True:
        page = kms("ListKeyRotations", KeyId=key, Limit=size, **marker)
        assert page.truncated == (page.next_marker is not None)
        seen += page.rotations
        if not page.truncated:
            break
        marker = {"Marker": page.next_marker}

    assert tuple(seen) == rotations(kms, key)


@pytest.mark.parametrize("marker", ["x", "cm90YXRpb25zOng=", "dGFnczox"])
def test_a_marker_that_is_none_is_refused(kms, key, marker):
    with refused("InvalidMarkerException"):
        kms("ListKeyRotations", KeyId=key, Marker=marker)


# -- by themselves


def test_a_key_rotates_when_it_is_due_and_not_before(kms, key):
    old = encrypted(kms, key)
    first = decrypted(kms, old)[1]
    kms("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    due = status(kms, key).next_rotation_date

    with time_machine.travel(due - timedelta(seconds=1), tick=False):
        assert duties.rotate_due_keys() == 0
    with time_machine.travel(due, tick=False):
        assert duties.rotate_due_keys() == 1
        assert duties.rotate_due_keys() == 0

    (rotation,) = rotations(kms, key)
    assert (rotation.rotation_type, rotation.rotation_date) == ("AUTOMATIC", due)
    assert status(kms, key).next_rotation_date == due + 90 * DAY
    assert decrypted(kms, old) == (b"x", first)
    assert decrypted(kms, encrypted(kms, key)) == (b"x", rotation.key_material_id)


def test_a_late_worker_keeps_the_rhythm(kms, key):
    kms("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    due = status(kms, key).next_rotation_date

    with time_machine.travel(due + 3 * DAY, tick=False):
        duties.rotate_due_keys()

    assert status(kms, key).next_rotation_date == due + 90 * DAY


def test_a_disabled_key_rotates_once_when_it_is_enabled_and_starts_anew(kms, key):
    kms("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    kms("DisableKey", KeyId=key)
    much_later = status(kms, key).next_rotation_date + 400 * DAY

    with time_machine.travel(much_later, tick=False):
        assert duties.rotate_due_keys() == 0
        kms("EnableKey", KeyId=key)
        assert duties.rotate_due_keys() == 1
        assert duties.rotate_due_keys() == 0

    assert status(kms, key).next_rotation_date == much_later + 90 * DAY


def test_an_automatic_rotation_is_recorded_as_kmss_own(kms, key):
    kms("EnableKeyRotation", KeyId=key)
    with time_machine.travel(status(kms, key).next_rotation_date):
        duties.rotate_due_keys()

    record = bodies()[-1]
    assert record["eventName"] == "RotateKey"
    assert record["eventType"] == "AwsServiceEvent"
    assert record["userIdentity"] == {"type": "AWSService", "invokedBy": "kms.amazonaws.com"}
    assert record["serviceEventDetails"]["rotationType"] == "AUTOMATIC"
    assert record["additionalEventData"] == {"door": "worker"}


def test_aws_managed_keys_rotate_every_year(kms):
    managed = kms("DescribeKey", KeyId="alias/aws/ssm").key_metadata
    found = status(kms, managed.key_id)
    assert (found.key_rotation_enabled, found.rotation_period_in_days) == (True, 365)
    assert found.next_rotation_date == managed.creation_date + 365 * DAY

    with time_machine.travel(found.next_rotation_date, tick=False):
        assert duties.rotate_due_keys() == 1

    assert status(kms, managed.key_id).next_rotation_date == managed.creation_date + 730 * DAY
    assert len(rotations(kms, managed.key_id)) == 1


def test_who_may_not_rotate_does_not(kms, key):
    nobody = Kms(people.user("nobody", "kms:Describe*"))

    for operation in [*ROTATING, "GetKeyRotationStatus"]:
        with refused("AccessDeniedException"):
            nobody(operation, KeyId=key)
