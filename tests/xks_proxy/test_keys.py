"""Keys held for others: encrypted and decrypted as the specification has it, by who may."""

import hashlib
import json

import pytest

from crypto.errors import InvalidCiphertext
from crypto.external import ExternalProvider
from crypto.xks.held import HeldKey
from keys import lookup
from keys import material as materials
from keys.models import Key, Material
from service.call import call
from tests.keys.using import key_policy
from tests.rest.asking import last_record, records
from tests.support import people
from tests.xks_proxy.asking import METADATA, b64, error, unb64
from tests.xks_proxy.conftest import kms_of
from xks_proxy.operations.create_proxy import CreateProxy

INVALID = (400, "InvalidCiphertextException")


def encrypted(kms, key, plaintext=b"a secret", **changed):
    response = kms.encrypt(key, plaintext, **changed)
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def decrypted(kms, key, made, **changed):
    response = kms.decrypt(key, made, **changed)
    assert response.status_code == 200, response.content
    (plaintext,) = json.loads(response.content).values()
    return unb64(plaintext)


@pytest.mark.parametrize("size", [0, 1, 32, 4300])
def test_what_was_encrypted_decrypts(kms, key, size):
    assert decrypted(kms, key, encrypted(kms, key, bytes(size))) == bytes(size)


def test_an_encryption_has_the_sizes_of_the_specification(kms, key):
    made = {name: unb64(value) for name, value in encrypted(kms, key, bytes(100)).items()}

    assert {name: len(value) for name, value in made.items()} == {
        "ciphertext": 100,
        "initializationVector": 12,
        "authenticationTag": 16,
        "ciphertextMetadata": 20,
        "ciphertextDataIntegrityValue": 32,
    }


def test_the_integrity_value_is_the_specifications(kms, key):
    made = {name: unb64(value) for name, value in encrypted(kms, key).items()}

    parts = ("ciphertextMetadata", "initializationVector", "ciphertext", "authenticationTag")
    digest = hashlib.sha256(b"project=nile" + b"".join(made[part] for part in parts)).digest()
    assert made["ciphertextDataIntegrityValue"] == digest


def test_it_is_there_only_if_it_is_asked_for(kms, key):
    made = encrypted(kms, key, ciphertextDataIntegrityValueAlgorithm=None)

    assert "ciphertextDataIntegrityValue" not in made
    assert decrypted(kms, key, made) == b"a secret"


def test_it_is_not_given_for_what_does_not_decrypt(kms, key, monkeypatch):
    def fail(*given):
        raise InvalidCiphertext

    for way in (fail, lambda *given: b"another"):
        monkeypatch.setattr(HeldKey, "decrypt", way)
        assert error(kms.encrypt(key)) == (500, "InternalException")


def test_associated_data_need_not_be_and_may_be_long(kms, key):
    made = encrypted(kms, key, additionalAuthenticatedData=None)
    assert decrypted(kms, key, made, additionalAuthenticatedData=None) == b"a secret"
    assert decrypted(kms, key, made, additionalAuthenticatedData="") == b"a secret"

    long = b64(bytes(8192))
    made = encrypted(kms, key, additionalAuthenticatedData=long)
    assert decrypted(kms, key, made, additionalAuthenticatedData=long) == b"a secret"


@pytest.mark.parametrize(
    "member",
    [
        "ciphertext",
        "initializationVector",
        "authenticationTag",
        "ciphertextMetadata",
        "additionalAuthenticatedData",
    ],
)
def test_an_altered_ciphertext_does_not_decrypt(kms, key, member):
    made = {**encrypted(kms, key), "additionalAuthenticatedData": b64(b"project=nile")}
    for place in (0, -1):
        data = bytearray(unb64(made[member]))
        data[place] ^= 1
        assert error(kms.decrypt(key, {**made, member: b64(bytes(data))})) == INVALID


def test_a_ciphertext_without_its_metadata_does_not_decrypt(kms, key):
    made = encrypted(kms, key)

    assert error(kms.decrypt(key, {**made, "ciphertextMetadata": ""})) == INVALID
    assert error(kms.decrypt(key, made, ciphertextMetadata=None)) == INVALID


def test_metadata_do_not_pass_for_associated_data(kms, key):
    """The length of each is bound, too."""
    made = encrypted(kms, key, additionalAuthenticatedData=b64(b"x" * 20))
    moved = b64(b"x" * 20 + unb64(made["ciphertextMetadata"]))

    response = kms.decrypt(key, made, additionalAuthenticatedData=moved, ciphertextMetadata=None)
    assert error(response) == INVALID


def test_another_key_decrypts_nothing(kms, key, own):
    made = encrypted(kms, key)

    assert error(kms.decrypt(own.create().key_id, made)) == INVALID


def test_what_kms_encrypted_is_not_for_proxies(kms, key, own):
    """The same material, and everything taken out of the blob that a proxy could be given."""
    blob = own("Encrypt", KeyId=key, Plaintext=b"a secret").ciphertext_blob
    header, body = blob[:50], blob[54:]
    salt, sealed = body[:16], body[17:]
    made = {
        "ciphertext": b64(sealed[12:-16]),
        "initializationVector": b64(sealed[:12]),
        "authenticationTag": b64(sealed[-16:]),
        "ciphertextMetadata": b64(salt + header[18:22]),
    }

    assert error(kms.decrypt(key, made, additionalAuthenticatedData=b64(header))) == INVALID


def test_after_a_rotation_what_was_encrypted_before_still_decrypts(kms, key, own):
    before = encrypted(kms, key)
    row = Key.objects.get(key_id=key)
    new = materials.create(row, row.created)
    row.current_material = new.material_id
    row.save()
    own("UpdateKeyDescription", KeyId=key, Description="so that the change is noticed")

    after = encrypted(kms, key)

    assert unb64(after["ciphertextMetadata"])[16:] == bytes.fromhex(new.material_id)[:4]
    assert unb64(before["ciphertextMetadata"])[16:] != unb64(after["ciphertextMetadata"])[16:]
    assert decrypted(kms, key, before) == decrypted(kms, key, after) == b"a secret"


def test_materials_with_the_same_hint_are_all_tried(kms, key, own):
    made = encrypted(kms, key)
    row = Key.objects.get(key_id=key)
    twin = row.current_material[:8] + "00" * 28
    Material.objects.create(
        key=row,
        material_id=twin,
        sealed=materials.sealed(row, bytes(32), twin),
        created=row.created,
    )
    Material.objects.filter(material_id=row.current_material).update(id=10**6)
    own("UpdateKeyDescription", KeyId=key, Description="so that the change is noticed")

    assert decrypted(kms, key, made) == b"a secret"


# -- what is asked has to be right


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("requestMetadata", None),
        ("requestMetadata", {**METADATA, "awsPrincipalArn": ""}),
        ("requestMetadata", {"kmsOperation": "Encrypt"}),
        ("plaintext", None),
        ("plaintext", "not base64"),
        ("plaintext", 5),
        ("plaintext", b64(bytes(65_536))),
        ("encryptionAlgorithm", None),
        ("encryptionAlgorithm", "AES_CBC"),
        ("additionalAuthenticatedData", b64(bytes(65_536))),
        ("ciphertextDataIntegrityValueAlgorithm", "MD5"),
    ],
)
def test_an_encryption_that_is_asked_for_in_a_wrong_way_is_refused(kms, key, member, value):
    assert error(kms.encrypt(key, **{member: value})) == (400, "ValidationException")
    assert last_record()["errorCode"] in ("ValidationException", "SerializationException")


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("ciphertext", None),
        ("initializationVector", b64(bytes(11))),
        ("initializationVector", b64(bytes(17))),
        ("authenticationTag", b64(bytes(15))),
        ("authenticationTag", None),
        ("ciphertextMetadata", b64(bytes(21))),
    ],
)
def test_a_decryption_that_is_asked_for_in_a_wrong_way_is_refused(kms, key, member, value):
    made = encrypted(kms, key)

    assert error(kms.decrypt(key, made, **{member: value})) == (400, "ValidationException")


def test_an_initialization_vector_of_16_bytes_is_one_that_never_was(kms, key):
    made = encrypted(kms, key)

    response = kms.decrypt(key, made, initializationVector=b64(bytes(16)))
    assert error(response) == INVALID


def test_a_kms_operation_that_nobody_knows_is_no_error(kms, key):
    about = {**METADATA, "kmsOperation": "BulkEncrypt", "kmsRequestId": "no UUID at all"}

    assert kms.encrypt(key, requestMetadata=about).status_code == 200


# -- which key


def test_metadata_tell_what_the_key_is(kms, key):
    response = kms.metadata(key)

    assert json.loads(response.content) == {
        "keySpec": "AES_256",
        "keyUsage": ["ENCRYPT", "DECRYPT"],
        "keyStatus": "ENABLED",
    }


def test_a_disabled_key_is_told_to_be_and_refused(kms, key, own):
    made = encrypted(kms, key)
    own("DisableKey", KeyId=key)

    assert json.loads(kms.metadata(key).content)["keyStatus"] == "DISABLED"
    assert error(kms.encrypt(key)) == (400, "InvalidStateException")
    assert error(kms.decrypt(key, made)) == (400, "InvalidStateException")

    own("EnableKey", KeyId=key)
    assert decrypted(kms, key, made) == b"a secret"


def test_a_key_that_is_to_be_deleted_is_refused(kms, key, own):
    own("ScheduleKeyDeletion", KeyId=key)

    assert json.loads(kms.metadata(key).content)["keyStatus"] == "DISABLED"
    assert error(kms.encrypt(key)) == (400, "InvalidStateException")


@pytest.mark.parametrize("name", ["12366f9b-1230-123d-123e-123e6ae60c02", "not-a-key", "x" * 128])
def test_a_key_that_there_is_not_is_not_found(kms, name):
    for response in (kms.metadata(name), kms.encrypt(name)):
        assert error(response) == (404, "KeyNotFoundException")


@pytest.mark.parametrize("name", ["a%20b", "a:b", "x" * 129])
def test_a_name_that_no_key_has_is_refused(kms, name):
    assert kms.metadata(name).status_code in (400, 401)


def test_keys_of_another_region_are_not_there(kms, own):
    elsewhere = own.at(region="eu-west-1").create().key_id

    assert error(kms.encrypt(elsewhere)) == (404, "KeyNotFoundException")


def test_keys_of_another_account_are_not_there(kms, own):
    stranger = people.user("stranger", "*", number=people.OTHER_ACCOUNT)
    theirs = type(own)(stranger).create().key_id

    assert error(kms.encrypt(theirs)) == (404, "KeyNotFoundException")


def test_a_key_that_is_no_aes_key_tells_so_and_is_refused(kms, key, own):
    Key.objects.filter(key_id=key).update(usage="SIGN_VERIFY")
    own("UpdateKeyDescription", KeyId=key, Description="so that the change is noticed")

    assert json.loads(kms.metadata(key).content)["keyUsage"] == ["SIGN", "VERIFY"]
    assert error(kms.encrypt(key)) == (400, "InvalidKeyUsageException")


def test_a_key_that_is_held_elsewhere_cannot_be_held_for_others(kms, key, monkeypatch):
    external = ExternalProvider(lambda: None)
    monkeypatch.setattr(lookup.material, "provider_of", lambda key: external)

    assert error(kms.encrypt(key)) == (501, "UnsupportedOperationException")


# -- who may


@pytest.fixture
def limited(own):
    """Makes a KMS whose proxy acts as a user with these statements."""

    def make(*statements):
        user = people.user("limited")
        people.attach(user, *statements)
        made = call(people.caller_of(people.root()), CreateProxy, {"UserName": "limited"})
        return kms_of(made.proxy.uri_path, made.credential)

    return make


DENIED = (403, "AccessDeniedException")


def test_what_the_principal_may_not_the_proxy_does_not(limited, key):
    kms = limited(people.statement("Allow", "kms:Encrypt", "kms:DescribeKey"))

    made = encrypted(kms, key)
    assert kms.metadata(key).status_code == 200
    assert error(kms.decrypt(key, made)) == DENIED
    record = last_record()
    assert record["errorCode"] == "AccessDeniedException"
    assert (
        record["requestParameters"]["requestMetadata"]["kmsRequestId"] == METADATA["kmsRequestId"]
    )


def test_health_is_for_every_proxy(limited):
    kms = limited(people.statement("Deny", "*"))

    assert kms.health().status_code == 200


def test_who_may_not_ask_does_not_learn_which_keys_there_are(limited, key):
    kms = limited(people.statement("Allow", "s3:*"))

    for name in (key, "12366f9b-1230-123d-123e-123e6ae60c02"):
        assert error(kms.metadata(name)) == DENIED


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ({"StringEquals": {"xks:KmsKeyArn": METADATA["kmsKeyArn"]}}, True),
        ({"ArnLike": {"xks:KmsKeyArn": "arn:aws:kms:us-east-2:999999999999:key/*"}}, False),
        ({"ArnLike": {"xks:AwsPrincipalArn": "arn:aws:iam::111122223333:user/*"}}, True),
        ({"StringEquals": {"xks:KmsOperation": ["Encrypt", "GenerateDataKey"]}}, True),
        ({"StringEquals": {"xks:KmsOperation": "ReEncrypt"}}, False),
        ({"StringEquals": {"xks:KmsViaService": "ebs"}}, True),
        ({"Null": {"xks:AwsSourceVpc": "false"}}, False),
        ({"StringEquals": {"kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}}, True),
    ],
)
def test_policies_may_authorize_by_what_the_other_side_says(limited, key, condition, allowed):
    kms = limited(people.statement("Allow", "kms:*", Condition=condition))

    response = kms.encrypt(key)

    assert response.status_code == 200 if allowed else error(response) == DENIED


def test_the_keys_own_policy_counts_too(kms, key, own, holder):
    denied = people.statement("Deny", "kms:Decrypt", Principal={"AWS": holder.arn})
    made = encrypted(kms, key)
    own("PutKeyPolicy", KeyId=key, Policy=key_policy(denied))

    assert error(kms.decrypt(key, made)) == DENIED


def test_no_plaintext_is_in_any_record(kms, key):
    secret = b"a secret that is long enough to be found"
    decrypted(kms, key, encrypted(kms, key, secret))

    told = json.dumps(records())
    assert secret.decode() not in told
    assert b64(secret)[:40] not in told


def test_a_use_through_a_proxy_is_a_use_of_the_key(own, kms, key):
    def used():
        return own("GetKeyLastUsage", KeyId=key).key_last_usage

    made = encrypted(kms, key)
    event = last_record()["eventID"]
    assert (used().operation, used().cloud_trail_event_id) == ("Encrypt", event)

    assert error(kms.decrypt(key, {**made, "ciphertext": b64(b"none")})) == INVALID
    assert used().operation == "Encrypt"

    decrypted(kms, key, made)
    assert used().operation == "Decrypt"
