"""Bring your own key: how material comes in, expires, goes and comes back."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.db import connection

from crypto import wrapping
from crypto.software import SoftwareProvider
from keys import duties, import_tokens, material, specs
from keys.errors import UnsupportedOperation
from keys.models import Key, Material
from keys.specs import Spec
from tests.audit.making import bodies
from tests.keys.importing import DIRECT, NEVER, OTHER, SECRET, bring, imported, parcel
from tests.keys.using import Kms, arn, key_policy, refused
from tests.support import people

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
THIRD = bytes(range(64, 96))


@pytest.fixture
def empty(kms) -> str:
    """The id of a key that waits for its material."""
    return str(kms.create(Origin="EXTERNAL").key_id)


def described(kms, key):
    return kms("DescribeKey", KeyId=key).key_metadata


def materials(kms, key):
    return kms("ListKeyRotations", KeyId=key, IncludeKeyMaterial="ALL_KEY_MATERIAL").rotations


def states(kms, key):
    return [(each.key_material_state, each.import_state) for each in materials(kms, key)]


def encrypted(kms, key):
    return kms("Encrypt", KeyId=key, Plaintext=b"x").ciphertext_blob


def decrypted(kms, blob):
    return kms("Decrypt", CiphertextBlob=blob).plaintext


def soon():
    return datetime.now(UTC) + DAY


# -- the wrapping key and its token


@pytest.mark.parametrize(("spec", "bits"), [("RSA_2048", 2048), ("RSA_3072", 3072)])
def test_a_wrapping_key_comes_with_a_token_for_a_day(kms, empty, spec, bits):
    before = datetime.now(UTC)
    got = kms(
        "GetParametersForImport",
        KeyId=empty,
        WrappingAlgorithm="RSAES_OAEP_SHA_1",
        WrappingKeySpec=spec,
    )

    assert got.key_id == arn(empty)
    assert load_der_public_key(got.public_key).key_size == bits
    assert abs(got.parameters_valid_to - before - DAY) < timedelta(seconds=5)


def test_the_longest_token_is_as_short_as_clients_take(kms, empty):
    got = kms("GetParametersForImport", KeyId=empty, **{**DIRECT, "WrappingKeySpec": "RSA_4096"})

    assert len(got.import_token) <= 6144
    assert bring(kms, empty)


@pytest.mark.parametrize("algorithm", ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"])
def test_material_comes_in_as_the_token_says(kms, empty, algorithm):
    answer = kms("ImportKeyMaterial", **parcel(kms, empty, WrappingAlgorithm=algorithm))

    assert (answer.key_id, answer.key_material_id) == (
        arn(empty),
        described(kms, empty).current_key_material_id,
    )
    assert kms.state(empty) == "Enabled"
    assert decrypted(kms, encrypted(kms, empty)) == b"x"


@pytest.mark.parametrize(
    ("made", "said"),
    [("RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"), ("RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1")],
)
def test_material_that_was_wrapped_in_another_way_is_refused(kms, empty, made, said):
    token = parcel(kms, empty, WrappingAlgorithm=said)
    content = parcel(kms, empty, WrappingAlgorithm=made)["EncryptedKeyMaterial"]

    with refused("InvalidCiphertextException", ""):
        kms("ImportKeyMaterial", **{**token, "EncryptedKeyMaterial": content})
    assert kms.state(empty) == "PendingImport"


def test_a_token_goes_with_its_own_wrapping_key_only(kms, empty, monkeypatch):
    monkeypatch.setattr(wrapping, "generate", wrapping.generate.__wrapped__)  # each its own
    one, other = parcel(kms, empty), parcel(kms, empty)

    with refused("InvalidCiphertextException"):
        kms("ImportKeyMaterial", **{**one, "EncryptedKeyMaterial": other["EncryptedKeyMaterial"]})


def test_a_token_fits_its_own_key_only(kms, empty):
    other = kms.create(Origin="EXTERNAL").key_id

    with refused("InvalidImportTokenException"):
        kms("ImportKeyMaterial", **{**parcel(kms, other), "KeyId": empty})


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + b"x", lambda t: b"token"])
def test_a_token_that_is_none_is_refused(kms, empty, change):
    asked = parcel(kms, empty)

    with refused("InvalidImportTokenException"):
        kms("ImportKeyMaterial", **{**asked, "ImportToken": change(asked["ImportToken"])})


@pytest.mark.parametrize(("hours", "in_time"), [(23.99, True), (24.01, False)])
def test_a_token_lives_for_24_hours(kms, empty, hours, in_time):
    asked = parcel(kms, empty)
    later = kms.at(time=datetime.now(UTC) + timedelta(hours=hours))

    if in_time:
        later("ImportKeyMaterial", **asked)
    else:
        with refused("ExpiredImportTokenException"):
            later("ImportKeyMaterial", **asked)


def test_a_token_tells_nothing(kms, empty):
    token = kms("GetParametersForImport", KeyId=empty, **DIRECT).import_token

    assert b"RSAES" not in token
    assert empty.encode() not in token


ALLOWED = {
    "SYMMETRIC_DEFAULT": import_tokens.DIRECT,
    "HMAC_512": import_tokens.DIRECT,
    "RSA_2048": import_tokens.WITH_AES_KEY,
    "ECC_NIST_P256": import_tokens.DIRECT + import_tokens.WITH_AES_KEY,
    "ECC_NIST_EDWARDS25519": import_tokens.DIRECT + import_tokens.WITH_AES_KEY,
    "ML_DSA_44": import_tokens.WITH_AES_KEY,
}


@pytest.mark.parametrize("spec", ALLOWED)
def test_each_kind_of_key_is_wrapped_as_aws_has_it(spec):
    for algorithm in import_tokens.DIRECT + import_tokens.WITH_AES_KEY:
        if algorithm in ALLOWED[spec]:
            import_tokens.require_fit(spec, algorithm, "RSA_2048")
        else:
            with pytest.raises(UnsupportedOperation):
                import_tokens.require_fit(spec, algorithm, "RSA_4096")


def test_a_key_that_is_too_long_for_the_wrapping_key_is_not_wrapped_directly():
    import_tokens.require_fit("ECC_NIST_P521", "RSAES_OAEP_SHA_256", "RSA_3072")
    import_tokens.require_fit("ECC_NIST_P521", "RSA_AES_KEY_WRAP_SHA_256", "RSA_2048")
    with pytest.raises(UnsupportedOperation):
        import_tokens.require_fit("ECC_NIST_P521", "RSAES_OAEP_SHA_256", "RSA_2048")


@pytest.mark.parametrize(
    "asked",
    [
        {"WrappingAlgorithm": "RSAES_PKCS1_V1_5"},
        {"WrappingAlgorithm": "SM2PKE"},
        {"WrappingKeySpec": "SM2"},
        {"WrappingAlgorithm": "RSA_AES_KEY_WRAP_SHA_256"},
    ],
)
def test_ways_that_aws_does_not_support_are_refused(kms, empty, asked):
    with refused("UnsupportedOperationException"):
        kms("GetParametersForImport", KeyId=empty, **{**DIRECT, **asked})


OF_IMPORTED = {
    "GetParametersForImport": DIRECT,
    "ImportKeyMaterial": {"ImportToken": b"x", "EncryptedKeyMaterial": b"x", **NEVER},
    "DeleteImportedKeyMaterial": {},
}


@pytest.mark.parametrize("operation", OF_IMPORTED)
def test_a_key_that_was_made_here_takes_nothing_in(kms, key, operation):
    message = f"{arn(key)} origin is AWS_KMS which is not valid for this operation."
    with refused("UnsupportedOperationException", message):
        kms(operation, KeyId=key, **OF_IMPORTED[operation])


@pytest.mark.parametrize("operation", OF_IMPORTED)
def test_who_may_not_import_does_not(kms, empty, operation):
    nobody = Kms(people.user("nobody", "kms:Describe*"))

    with refused("AccessDeniedException"):
        nobody(operation, KeyId=empty, **OF_IMPORTED[operation])


# -- what is imported


@pytest.mark.parametrize("size", [1, 16, 31, 33, 64])
def test_material_of_another_size_is_refused(kms, empty, size):
    with refused("IncorrectKeyMaterialException"):
        bring(kms, empty, bytes(size))
    assert kms.state(empty) == "PendingImport"
    assert not Material.objects.filter(key__key_id=empty).exists()


def test_what_is_told_of_imported_material(kms, empty):
    assert described(kms, empty).current_key_material_id is None

    bring(kms, empty)

    found = described(kms, empty)
    assert (found.expiration_model, found.valid_to) == ("KEY_MATERIAL_DOES_NOT_EXPIRE", None)
    assert (found.enabled, found.key_state) == (True, "Enabled")
    (only,) = materials(kms, empty)
    assert only.key_material_id == found.current_key_material_id
    assert (only.key_material_state, only.import_state) == ("CURRENT", "IMPORTED")
    assert only.expiration_model == "KEY_MATERIAL_DOES_NOT_EXPIRE"
    assert (only.rotation_date, only.rotation_type, only.valid_to) == (None, None, None)
    assert only.key_material_description is None


def test_material_is_in_no_record_and_no_token(kms, empty):
    asked = parcel(kms, empty)
    kms("ImportKeyMaterial", **asked)

    record = bodies()[-1]
    assert set(record["requestParameters"]) == {"keyId", "expirationModel"}
    assert record["responseElements"]["keyMaterialId"]
    assert SECRET not in bytes(Material.objects.get(key__key_id=empty).sealed)


def test_no_material_is_unwrapped_while_others_wait_for_the_transaction(kms, empty, monkeypatch):
    within = []
    accept = SoftwareProvider.accept

    def accepting(self, spec, secret):
        within.append(connection.in_atomic_block and len(connection.savepoint_ids) > 0)
        return accept(self, spec, secret)

    monkeypatch.setattr(SoftwareProvider, "accept", accepting)
    bring(kms, empty)

    assert within == [False]


def test_the_same_material_of_two_keys_has_two_ids(kms, empty):
    assert bring(kms, empty) != bring(kms, kms.create(Origin="EXTERNAL").key_id)


# -- expiry


def test_without_a_model_material_expires_and_so_asks_for_a_date(kms, empty):
    asked = parcel(kms, empty)
    del asked["ExpirationModel"]

    message = "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES"
    with refused("ValidationException", message):
        kms("ImportKeyMaterial", **asked)
    kms("ImportKeyMaterial", **asked, ValidTo=soon())
    assert described(kms, empty).expiration_model == "KEY_MATERIAL_EXPIRES"


@pytest.mark.parametrize(
    ("days", "taken"), [(-1, False), (0, False), (1, True), (365, True), (366, False)]
)
def test_material_is_valid_for_at_most_365_days(kms, empty, days, taken):
    now = datetime.now(UTC)
    then = kms.at(time=now)

    if taken:
        bring(then, empty, ValidTo=now + days * DAY)
        assert described(kms, empty).valid_to == now + days * DAY
    else:
        with refused("ValidationException"):
            bring(then, empty, ValidTo=now + days * DAY)


def test_material_that_does_not_expire_has_no_date(kms, empty):
    with refused("ValidationException"):
        kms("ImportKeyMaterial", **parcel(kms, empty), ValidTo=soon())


def test_expired_material_is_unusable_at_that_moment(kms, empty):
    until = soon()
    bring(kms, empty, ValidTo=until)
    blob = encrypted(kms, empty)
    before, after = kms.at(time=until - timedelta(seconds=1)), kms.at(time=until)

    assert decrypted(before, blob) == b"x"
    with refused("KMSInvalidStateException", f"{arn(empty)} is pending import."):
        decrypted(after, blob)
    found = described(after, empty)
    assert (found.key_state, found.expiration_model, found.valid_to) == (
        "PendingImport",
        None,
        None,
    )
    assert states(after, empty) == [("CURRENT", "PENDING_IMPORT")]


def test_the_worker_removes_expired_material(
    kms, empty, monkeypatch, django_capture_on_commit_callbacks
):
    forgotten: list[str] = []
    monkeypatch.setattr(material.software(), "forget", forgotten.append)
    material_id = bring(kms, empty, ValidTo=soon())
    lasting = imported(kms)

    with time_machine.travel(soon()), django_capture_on_commit_callbacks(execute=True):
        assert duties.remove_expired_material() == 1
        assert duties.remove_expired_material() == 0

    row = Material.objects.get(key__key_id=empty)
    assert (row.sealed, row.valid_to) == (None, None)
    assert (kms.state(empty), kms.state(lasting)) == ("PendingImport", "Enabled")
    assert forgotten == [arn(empty)]
    record = bodies()[-3]
    assert record["eventName"] == "DeleteExpiredKeyMaterial"
    assert record["eventType"] == "AwsServiceEvent"
    assert record["serviceEventDetails"] == {"keyId": empty, "keyMaterialId": material_id}
    assert [each["ARN"] for each in record["resources"]] == [arn(empty)]


def test_material_that_is_not_due_stays(kms, empty):
    bring(kms, empty, ValidTo=soon())

    assert duties.remove_expired_material() == 0
    assert kms.state(empty) == "Enabled"


@pytest.mark.parametrize("removed", [True, False])
def test_expired_material_comes_back_with_another_date(kms, empty, removed):
    bring(kms, empty, ValidTo=soon())
    blob = encrypted(kms, empty)

    with time_machine.travel(soon()):
        if removed:
            duties.remove_expired_material()
        bring(kms, empty)
        assert duties.remove_expired_material() == 0
        assert decrypted(kms, blob) == b"x"
        assert described(kms, empty).expiration_model == "KEY_MATERIAL_DOES_NOT_EXPIRE"


def test_a_policy_may_bound_how_long_material_is_valid(kms):
    latest = datetime.now(UTC) + 30 * DAY
    too_long = {"DateGreaterThan": {"kms:ValidTo": latest.isoformat()}}
    for_ever = {"StringEquals": {"kms:ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}}
    deny = [
        people.statement("Deny", "kms:ImportKeyMaterial", Principal="*", Condition=condition)
        for condition in (too_long, for_ever)
    ]
    key = kms.create(Origin="EXTERNAL", Policy=key_policy(*deny)).key_id

    with refused("AccessDeniedException"):
        bring(kms, key)
    with refused("AccessDeniedException"):
        bring(kms, key, ValidTo=latest + DAY)
    bring(kms, key, ValidTo=latest - DAY)


@pytest.mark.parametrize(
    ("name", "value"),
    [("kms:WrappingAlgorithm", "RSAES_OAEP_SHA_256"), ("kms:WrappingKeySpec", "RSA_2048")],
)
def test_a_policy_may_say_how_material_is_wrapped(kms, name, value):
    deny = people.statement(
        "Deny",
        "kms:GetParametersForImport",
        Principal="*",
        Condition={"StringEquals": {name: value}},
    )
    key = kms.create(Origin="EXTERNAL", Policy=key_policy(deny)).key_id

    with refused("AccessDeniedException"):
        kms("GetParametersForImport", KeyId=key, **DIRECT)
    other = {"WrappingAlgorithm": "RSAES_OAEP_SHA_1", "WrappingKeySpec": "RSA_3072"}
    kms("GetParametersForImport", KeyId=key, **other)


# -- going and coming back


def test_deleted_material_takes_the_key_with_it_until_it_comes_back(kms, empty):
    material_id = bring(kms, empty)
    blob = encrypted(kms, empty)

    gone = kms("DeleteImportedKeyMaterial", KeyId=empty)

    assert (gone.key_id, gone.key_material_id) == (arn(empty), material_id)
    found = described(kms, empty)
    assert (found.key_state, found.expiration_model) == ("PendingImport", None)
    assert found.current_key_material_id == material_id
    assert states(kms, empty) == [("CURRENT", "PENDING_IMPORT")]
    with refused("KMSInvalidStateException"):
        decrypted(kms, blob)

    assert bring(kms, empty) == material_id
    assert decrypted(kms, blob) == b"x"


def test_no_bytes_of_deleted_material_are_kept(kms, empty):
    bring(kms, empty)
    kms("DeleteImportedKeyMaterial", KeyId=empty)

    assert Material.objects.get(key__key_id=empty).sealed is None


@pytest.mark.parametrize("delete", [True, False])
def test_only_the_same_material_comes_back(kms, empty, delete):
    bring(kms, empty)
    if delete:
        kms("DeleteImportedKeyMaterial", KeyId=empty)

    with refused("IncorrectKeyMaterialException"):
        bring(kms, empty, OTHER)
    assert len(materials(kms, empty)) == 1


def test_the_same_material_may_come_again_to_live_longer(kms, empty):
    bring(kms, empty, ValidTo=soon())
    bring(kms, empty, ValidTo=soon() + DAY)

    assert described(kms, empty).valid_to > soon() + timedelta(hours=23)
    assert len(materials(kms, empty)) == 1


def test_nothing_is_deleted_of_a_key_that_never_had_material(kms, empty):
    answer = kms("DeleteImportedKeyMaterial", KeyId=empty)

    assert (answer.key_id, answer.key_material_id) == (arn(empty), None)


def test_material_that_is_not_the_keys_is_not_deleted(kms, empty):
    bring(kms, empty)

    with refused("NotFoundException"):
        kms("DeleteImportedKeyMaterial", KeyId=empty, KeyMaterialId="0" * 64)


def test_a_key_that_is_to_be_deleted_stays_so_without_its_material(kms, empty):
    bring(kms, empty)
    kms("ScheduleKeyDeletion", KeyId=empty)
    kms("DeleteImportedKeyMaterial", KeyId=empty)
    assert kms.state(empty) == "PendingDeletion"

    kms("CancelKeyDeletion", KeyId=empty)

    assert kms.state(empty) == "PendingImport"
    bring(kms, empty)
    assert kms.state(empty) == "Enabled"


def test_a_key_that_never_had_material_waits_for_it_after_its_deletion_was_taken_back(kms, empty):
    kms("ScheduleKeyDeletion", KeyId=empty)
    kms("CancelKeyDeletion", KeyId=empty)

    assert kms.state(empty) == "PendingImport"


def test_a_key_with_its_material_is_disabled_after_its_deletion_was_taken_back(kms, empty):
    bring(kms, empty)
    kms("ScheduleKeyDeletion", KeyId=empty)
    kms("CancelKeyDeletion", KeyId=empty)

    assert kms.state(empty) == "Disabled"


def test_a_disabled_key_stays_disabled_when_its_material_comes_again(kms, empty):
    bring(kms, empty)
    kms("DisableKey", KeyId=empty)
    bring(kms, empty, ValidTo=soon())

    assert kms.state(empty) == "Disabled"


@pytest.mark.parametrize("removed", [True, False])
def test_a_disabled_key_whose_material_has_expired_is_enabled_by_its_return(kms, empty, removed):
    bring(kms, empty, ValidTo=soon())
    kms("DisableKey", KeyId=empty)

    with time_machine.travel(soon()):
        if removed:
            duties.remove_expired_material()
        assert kms.state(empty) == "PendingImport"
        bring(kms, empty)
        assert kms.state(empty) == "Enabled"


# -- several materials


def new(kms, key, secret, **params):
    return bring(kms, key, secret, ImportType="NEW_KEY_MATERIAL", **params)


def test_new_material_waits_until_the_key_is_rotated(kms, empty):
    first = bring(kms, empty)
    old = encrypted(kms, empty)
    second = new(kms, empty, OTHER)
    assert states(kms, empty) == [("CURRENT", "IMPORTED"), ("PENDING_ROTATION", "IMPORTED")]
    assert described(kms, empty).current_key_material_id == first

    now = datetime.now(UTC)
    kms.at(time=now)("RotateKeyOnDemand", KeyId=empty)

    assert described(kms, empty).current_key_material_id == second
    assert states(kms, empty) == [("NON_CURRENT", "IMPORTED"), ("CURRENT", "IMPORTED")]
    (rotation,) = kms("ListKeyRotations", KeyId=empty).rotations
    assert (rotation.rotation_type, rotation.rotation_date) == ("ON_DEMAND", now)
    assert (decrypted(kms, old), decrypted(kms, encrypted(kms, empty))) == (b"x", b"x")


def test_without_new_material_there_is_no_rotation(kms, empty):
    bring(kms, empty)

    message = f"No available key material pending rotation for the key: {arn(empty)}."
    with refused("KMSInvalidStateException", message):
        kms("RotateKeyOnDemand", KeyId=empty)


def test_new_material_must_be_new(kms, empty):
    bring(kms, empty)

    with refused("IncorrectKeyMaterialException"):
        new(kms, empty, SECRET)


def test_one_material_waits_at_a_time(kms, empty):
    bring(kms, empty)
    new(kms, empty, OTHER)

    with refused("KMSInvalidStateException"):
        new(kms, empty, THIRD)


def test_existing_material_must_exist(kms, empty):
    with refused("IncorrectKeyMaterialException"):
        bring(kms, empty, ImportType="EXISTING_KEY_MATERIAL")
    assert not materials(kms, empty)


def test_material_may_be_named_when_it_comes_again(kms, empty):
    first = bring(kms, empty)
    second = new(kms, empty, OTHER)

    assert bring(kms, empty, OTHER, KeyMaterialId=second) == second
    with refused("IncorrectKeyMaterialException"):
        bring(kms, empty, OTHER, KeyMaterialId=first)
    with refused("ValidationException"):
        new(kms, empty, THIRD, KeyMaterialId=first)


def test_waiting_material_can_be_given_up_for_another(kms, empty):
    bring(kms, empty)
    second = new(kms, empty, OTHER)

    assert kms("DeleteImportedKeyMaterial", KeyId=empty, KeyMaterialId=second).key_material_id

    assert states(kms, empty) == [("CURRENT", "IMPORTED")]
    assert kms.state(empty) == "Enabled"
    third = new(kms, empty, THIRD)
    kms("RotateKeyOnDemand", KeyId=empty)
    assert described(kms, empty).current_key_material_id == third


def test_a_key_wants_all_its_materials(kms, empty):
    first = bring(kms, empty)
    old = encrypted(kms, empty)
    second = new(kms, empty, OTHER)
    kms("RotateKeyOnDemand", KeyId=empty)

    kms("DeleteImportedKeyMaterial", KeyId=empty, KeyMaterialId=first)
    assert kms.state(empty) == "PendingImport"
    with refused("KMSInvalidStateException"):
        encrypted(kms, empty)
    kms("DeleteImportedKeyMaterial", KeyId=empty)
    assert [each.import_state for each in materials(kms, empty)] == ["PENDING_IMPORT"] * 2

    assert bring(kms, empty, OTHER) == second
    assert kms.state(empty) == "PendingImport"
    bring(kms, empty, SECRET)
    assert (kms.state(empty), decrypted(kms, old)) == ("Enabled", b"x")


def test_the_key_expires_with_the_first_of_its_materials(kms, empty):
    later = soon() + DAY
    bring(kms, empty, ValidTo=later)
    new(kms, empty, OTHER, ValidTo=soon())
    assert described(kms, empty).valid_to == later

    kms("RotateKeyOnDemand", KeyId=empty)

    assert described(kms, empty).valid_to < later


def test_waiting_material_that_has_expired_is_not_rotated_to(kms, empty):
    bring(kms, empty)
    until = soon()
    new(kms, empty, OTHER, ValidTo=until)

    with refused("KMSInvalidStateException"):
        kms.at(time=until)("RotateKeyOnDemand", KeyId=empty)
    with time_machine.travel(until):
        assert duties.remove_expired_material() == 1
    assert states(kms, empty) == [("CURRENT", "IMPORTED")]
    assert kms.state(empty) == "Enabled"


def test_material_keeps_its_description_until_it_gets_another(kms, empty):
    bring(kms, empty, KeyMaterialDescription="seed of 2026")
    bring(kms, empty)
    (only,) = materials(kms, empty)
    assert only.key_material_description == "seed of 2026"

    bring(kms, empty, KeyMaterialDescription="kept in safe 7")
    (only,) = materials(kms, empty)
    assert only.key_material_description == "kept in safe 7"


# -- keys that have one material for ever


@pytest.fixture
def mac(kms, empty, monkeypatch):
    """The id of an HMAC key without material; its material is any bytes."""
    spec = Spec("HMAC_256", {"GENERATE_VERIFY_MAC": ("HMAC_SHA_256",)})
    for module in ("imports", "shapes", "specs", "rotation"):
        monkeypatch.setattr(f"keys.{module}.SPECS", {**specs.SPECS, "HMAC_256": spec})
    monkeypatch.setattr(material.software(), "accept", lambda spec, secret: secret)
    Key.objects.filter(key_id=empty).update(spec="HMAC_256", usage="GENERATE_VERIFY_MAC")
    return empty


def test_a_key_that_is_not_symmetric_has_one_material_without_an_id(kms, mac):
    answer = kms("ImportKeyMaterial", **parcel(kms, mac))

    assert (answer.key_id, answer.key_material_id) == (arn(mac), None)
    assert described(kms, mac).current_key_material_id is None
    assert kms.state(mac) == "Enabled"
    with refused("IncorrectKeyMaterialException"):
        kms("ImportKeyMaterial", **parcel(kms, mac, OTHER))
    assert kms("DeleteImportedKeyMaterial", KeyId=mac).key_material_id is None
    kms("ImportKeyMaterial", **parcel(kms, mac))
    assert kms.state(mac) == "Enabled"


@pytest.mark.parametrize(
    "option",
    [
        {"ImportType": "NEW_KEY_MATERIAL"},
        {"KeyMaterialDescription": "mine"},
        {"KeyMaterialId": "0" * 64},
    ],
)
def test_what_several_materials_need_is_refused_where_there_is_one(kms, mac, option):
    with refused("UnsupportedOperationException"):
        kms("ImportKeyMaterial", **parcel(kms, mac), **option)
