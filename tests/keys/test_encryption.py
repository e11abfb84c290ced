"""Encrypt, Decrypt, ReEncrypt, data keys and random bytes."""

import pytest

from crypto.ciphertext import Ciphertext
from keys.models import Material
from tests.keys.using import NOWHERE, Kms, arn, refused
from tests.support import people

pytestmark = pytest.mark.django_db

CONTEXT = {"app": "web", "aws-crypto-public-key": "AbC=", "naïve": "☃"}
NOT_THE_KEY = "The key ID in the request does not identify a CMK that can perform this operation."
UNKNOWN_KEY = (
    "The ciphertext refers to a customer master key that does not exist, does not exist in "
    "this region, or you are not allowed to access."
)
DRY = "The request would have succeeded, but the DryRun option is set."


@pytest.fixture
def blob(kms, key) -> bytes:
    made: bytes = kms(
        "Encrypt", KeyId=key, Plaintext=b"secret", EncryptionContext=CONTEXT
    ).ciphertext_blob
    return made


def test_what_is_encrypted_decrypts(kms, key):
    encrypted = kms("Encrypt", KeyId=key, Plaintext=b"secret", EncryptionContext=CONTEXT)
    decrypted = kms(
        "Decrypt",
        CiphertextBlob=encrypted.ciphertext_blob,
        EncryptionContext=dict(reversed(CONTEXT.items())),
    )

    assert (encrypted.key_id, encrypted.encryption_algorithm) == (arn(key), "SYMMETRIC_DEFAULT")
    assert b"secret" not in encrypted.ciphertext_blob
    assert decrypted.plaintext == b"secret"
    assert (decrypted.key_id, decrypted.encryption_algorithm) == (arn(key), "SYMMETRIC_DEFAULT")
    described = kms("DescribeKey", KeyId=key).key_metadata
    assert decrypted.key_material_id == described.current_key_material_id


def test_the_longest_plaintext_makes_no_longer_a_ciphertext_than_aws_allows(kms, key):
    encrypted = kms("Encrypt", KeyId=key, Plaintext=bytes(4096))

    assert len(encrypted.ciphertext_blob) <= 6144
    assert kms("Decrypt", CiphertextBlob=encrypted.ciphertext_blob).plaintext == bytes(4096)


def test_no_two_ciphertexts_are_the_same(kms, key):
    made = {kms("Encrypt", KeyId=key, Plaintext=b"x").ciphertext_blob for _ in range(5)}

    assert len(made) == 5


@pytest.mark.parametrize(
    "context", [{}, {"app": "web"}, {**CONTEXT, "app": "Web"}, {**CONTEXT, "more": ""}]
)
def test_another_context_does_not_decrypt(kms, blob, context):
    with refused("InvalidCiphertextException", ""):
        kms("Decrypt", CiphertextBlob=blob, EncryptionContext=context)


@pytest.mark.parametrize("change", ["garbage", "cut", "longer", "altered", "material"])
def test_an_altered_ciphertext_does_not_decrypt(kms, key, blob, change):
    altered = bytearray(blob)
    altered[-1] ^= 1
    made = Ciphertext.parse(blob)
    changed = {
        "garbage": b"garbage",
        "cut": blob[:-1],
        "longer": blob + b"\0",
        "altered": bytes(altered),
        "material": bytes(Ciphertext(made.key_id, "0" * 64, made.body)),
    }[change]

    for named in ({}, {"KeyId": key}):
        with refused("InvalidCiphertextException", ""):
            kms("Decrypt", CiphertextBlob=changed, EncryptionContext=CONTEXT, **named)


def test_a_key_that_did_not_make_the_ciphertext(kms, blob):
    other = kms.create().key_id

    with refused("IncorrectKeyException", NOT_THE_KEY):
        kms("Decrypt", CiphertextBlob=blob, KeyId=other, EncryptionContext=CONTEXT)
    with refused("IncorrectKeyException", NOT_THE_KEY):
        kms("ReEncrypt", CiphertextBlob=blob, SourceKeyId=other, DestinationKeyId=other)


def test_a_ciphertext_relabelled_as_another_keys_does_not_decrypt(kms, blob):
    other = kms.create()
    made = Ciphertext.parse(blob)
    relabelled = Ciphertext(other.key_id, other.current_key_material_id, made.body)

    with refused("InvalidCiphertextException"):
        kms("Decrypt", CiphertextBlob=bytes(relabelled), EncryptionContext=CONTEXT)


def test_a_ciphertext_of_another_region_names_no_key(kms, blob):
    with refused("AccessDeniedException", UNKNOWN_KEY):
        kms.at(region="eu-west-1")("Decrypt", CiphertextBlob=blob, EncryptionContext=CONTEXT)


def test_a_ciphertext_does_not_tell_strangers_whose_it_is(stranger, blob):
    nowhere = bytes(Ciphertext(NOWHERE, "0" * 64, b"body"))

    for each in (blob, nowhere):
        with refused("AccessDeniedException", UNKNOWN_KEY):
            stranger("Decrypt", CiphertextBlob=each, EncryptionContext=CONTEXT)


def test_who_may_not_decrypt_does_not(blob):
    with refused("AccessDeniedException"):
        Kms(people.user("writer", "kms:Encrypt"))(
            "Decrypt", CiphertextBlob=blob, EncryptionContext=CONTEXT
        )


def test_reencryption_changes_key_and_context(kms, key, blob):
    other = kms.create()
    answer = kms(
        "ReEncrypt",
        CiphertextBlob=blob,
        SourceEncryptionContext=CONTEXT,
        DestinationKeyId=other.arn,
        DestinationEncryptionContext={"new": "context"},
    )

    assert (answer.source_key_id, answer.key_id) == (arn(key), other.arn)
    assert answer.source_encryption_algorithm == "SYMMETRIC_DEFAULT"
    assert answer.destination_encryption_algorithm == "SYMMETRIC_DEFAULT"
    assert answer.destination_key_material_id == other.current_key_material_id
    assert answer.source_key_material_id == Ciphertext.parse(blob).material_id
    decrypted = kms(
        "Decrypt",
        CiphertextBlob=answer.ciphertext_blob,
        KeyId=other.key_id,
        EncryptionContext={"new": "context"},
    )
    assert decrypted.plaintext == b"secret"


@pytest.mark.parametrize("allowed", ["kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:ReEncrypt"])
def test_reencryption_asks_twice(kms, key, allowed):
    blob = kms("Encrypt", KeyId=key, Plaintext=b"x").ciphertext_blob
    params = {"CiphertextBlob": blob, "DestinationKeyId": key}

    with refused("AccessDeniedException"):
        Kms(people.user("half", allowed))("ReEncrypt", **params)
    Kms(people.user("both", "kms:ReEncrypt*"))("ReEncrypt", **params)


@pytest.mark.parametrize(
    ("asked", "length"),
    [({"KeySpec": "AES_256"}, 32), ({"KeySpec": "AES_128"}, 16), ({"NumberOfBytes": 1024}, 1024)],
)
def test_a_data_key_decrypts_to_itself(kms, key, asked, length):
    made = kms("GenerateDataKey", KeyId=key, EncryptionContext=CONTEXT, **asked)

    assert len(made.plaintext) == length
    assert made.key_id == arn(key)
    decrypted = kms("Decrypt", CiphertextBlob=made.ciphertext_blob, EncryptionContext=CONTEXT)
    assert decrypted.plaintext == made.plaintext
    assert decrypted.key_material_id == made.key_material_id


def test_a_data_key_may_be_had_without_its_plaintext(kms, key):
    made = kms("GenerateDataKeyWithoutPlaintext", KeyId=key, KeySpec="AES_128")

    assert not hasattr(made, "plaintext")
    assert len(kms("Decrypt", CiphertextBlob=made.ciphertext_blob).plaintext) == 16


@pytest.mark.parametrize("asked", [{}, {"KeySpec": "AES_128", "NumberOfBytes": 16}])
@pytest.mark.parametrize("operation", ["GenerateDataKey", "GenerateDataKeyWithoutPlaintext"])
def test_a_data_key_has_one_length(kms, key, operation, asked):
    message = "Please specify either number of bytes or key spec."
    with refused("ValidationException", message):
        kms(operation, KeyId=key, **asked)


def test_random_bytes(kms):
    made = {kms("GenerateRandom", NumberOfBytes=1024).plaintext for _ in range(3)}

    assert {len(each) for each in made} == {1024}
    assert len(made) == 3


def test_random_bytes_need_a_number(kms):
    with refused("ValidationException"):
        kms("GenerateRandom")


def test_random_bytes_from_a_key_store_that_is_not_there(kms):
    with refused("CustomKeyStoreNotFoundException"):
        kms("GenerateRandom", NumberOfBytes=8, CustomKeyStoreId="cks-1")


def test_a_context_has_at_most_8192_characters(kms, key):
    kms("Encrypt", KeyId=key, Plaintext=b"x", EncryptionContext={"k": "v" * 8191})
    with refused("ValidationException"):
        kms("Encrypt", KeyId=key, Plaintext=b"x", EncryptionContext={"k": "v" * 8192})


def test_an_algorithm_of_other_keys(kms, key, blob):
    message = "Algorithm RSAES_OAEP_SHA_1 is incompatible with key spec SYMMETRIC_DEFAULT."
    with refused("InvalidKeyUsageException", message):
        kms("Encrypt", KeyId=key, Plaintext=b"x", EncryptionAlgorithm="RSAES_OAEP_SHA_1")
    with refused("InvalidKeyUsageException", message):
        kms("Decrypt", KeyId=key, CiphertextBlob=blob, EncryptionAlgorithm="RSAES_OAEP_SHA_1")


@pytest.mark.parametrize("operation", ["GenerateDataKey", "GenerateRandom", "Decrypt"])
def test_enclaves_are_not_served(kms, key, blob, operation):
    params = {
        "GenerateDataKey": {"KeyId": key, "KeySpec": "AES_256"},
        "GenerateRandom": {"NumberOfBytes": 8},
        "Decrypt": {"CiphertextBlob": blob, "EncryptionContext": CONTEXT},
    }[operation]
    recipient = {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": b"a"}

    with refused("UnsupportedOperationException"):
        kms(operation, Recipient=recipient, **params)


def _dry(key: str, blob: bytes) -> dict[str, dict[str, object]]:
    return {
        "Encrypt": {"KeyId": key, "Plaintext": b"x"},
        "Decrypt": {"CiphertextBlob": blob, "EncryptionContext": CONTEXT},
        "ReEncrypt": {
            "CiphertextBlob": blob,
            "SourceEncryptionContext": CONTEXT,
            "DestinationKeyId": key,
        },
        "GenerateDataKey": {"KeyId": key, "KeySpec": "AES_256"},
        "GenerateDataKeyWithoutPlaintext": {"KeyId": key, "KeySpec": "AES_256"},
    }


@pytest.mark.parametrize("operation", _dry("", b""))
def test_a_dry_run_says_what_a_real_one_would(kms, key, blob, operation):
    params = {**_dry(key, blob)[operation], "DryRun": True}

    with refused("DryRunOperationException", DRY):
        kms(operation, **params)
    with refused("AccessDeniedException"):
        Kms(people.user("nobody"))(operation, **params)
    kms("DisableKey", KeyId=key)
    with refused("DisabledException"):
        kms(operation, **params)


def test_a_dry_run_looks_at_the_ciphertext(kms, key, blob):
    with refused("InvalidCiphertextException"):
        kms("Decrypt", CiphertextBlob=blob, DryRun=True)


@pytest.mark.parametrize(
    ("operation", "params"),
    [("Decrypt", {"KeyId": "{}"}), ("ReEncrypt", {"SourceKeyId": "{}", "DestinationKeyId": "{}"})],
)
def test_a_dry_run_may_do_without_a_ciphertext(kms, key, operation, params):
    named = {member: text.format(key) for member, text in params.items()}
    ignoring = {"DryRunModifiers": ["IGNORE_CIPHERTEXT"]}

    with refused("DryRunOperationException"):
        kms(operation, **named, DryRun=True, **ignoring)
    with refused("ValidationException"):
        kms(operation, **named, **ignoring)
    with refused("ValidationException"):
        kms(operation, **named)


def test_a_dry_run_without_a_ciphertext_needs_a_key(kms):
    with refused("ValidationException"):
        kms("Decrypt", DryRun=True, DryRunModifiers=["IGNORE_CIPHERTEXT"])


def test_material_put_under_another_key_does_not_open(kms, key):
    kms("Encrypt", KeyId=key, Plaintext=b"x")
    one, other = kms.create(), kms.create()
    rows = {row.key.key_id: row for row in Material.objects.select_related("key")}
    stolen = bytes(rows[one.key_id].sealed)
    Material.objects.filter(pk=rows[other.key_id].pk).update(sealed=stolen)

    with refused("InternalFailure"):
        kms("Encrypt", KeyId=other.key_id, Plaintext=b"x")
    assert kms("Encrypt", KeyId=one.key_id, Plaintext=b"x")


def test_material_given_another_id_does_not_open(kms):
    one, other = kms.create(), kms.create()
    rows = {row.key.key_id: row for row in Material.objects.select_related("key")}
    row = rows[one.key_id]
    stolen = bytes(row.sealed)
    Material.objects.create(
        key=rows[other.key_id].key, material_id=row.material_id, sealed=stolen, created=row.created
    )
    rows[other.key_id].key.current_material = row.material_id
    rows[other.key_id].key.save()

    with refused("InternalFailure"):
        kms("Encrypt", KeyId=other.key_id, Plaintext=b"x")


def test_plaintexts_do_not_show(kms, key):
    made = kms("GenerateDataKey", KeyId=key, KeySpec="AES_256")

    assert repr(made.plaintext) not in repr(made)
