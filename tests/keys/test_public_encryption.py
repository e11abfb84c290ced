"""Encrypt, Decrypt and ReEncrypt with RSA keys."""

import pytest

from keys.specs import ENCRYPT_DECRYPT, SPECS
from tests.keys.using import Kms, arn, refused
from tests.support import people

pytestmark = pytest.mark.django_db

CONTEXT = {"app": "web"}
NO_CONTEXT = "EncryptionContext is not supported when encrypting/decrypting with asymmetric CMKs."
SHA_1, SHA_256 = "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"
MOST = {
    ("RSA_2048", SHA_1): 214,
    ("RSA_2048", SHA_256): 190,
    ("RSA_3072", SHA_1): 342,
    ("RSA_3072", SHA_256): 318,
    ("RSA_4096", SHA_1): 470,
    ("RSA_4096", SHA_256): 446,
}


def encrypting(kms: Kms, spec: str = "RSA_2048") -> str:
    key = kms.create(KeySpec=spec, KeyUsage="ENCRYPT_DECRYPT").key_id
    assert key
    return key


def encrypted(kms: Kms, key: str, algorithm: str = SHA_256) -> bytes:
    made = kms("Encrypt", KeyId=key, Plaintext=b"secret", EncryptionAlgorithm=algorithm)
    blob: bytes = made.ciphertext_blob
    return blob


@pytest.mark.parametrize(("spec", "algorithm"), MOST)
def test_the_longest_plaintext_decrypts_and_a_longer_one_is_refused(kms, spec, algorithm):
    key, most = encrypting(kms, spec), MOST[spec, algorithm]
    asked = {"KeyId": key, "EncryptionAlgorithm": algorithm}

    made = kms("Encrypt", **asked, Plaintext=bytes(most))
    told = kms("Decrypt", **asked, CiphertextBlob=made.ciphertext_blob)

    assert (made.key_id, made.encryption_algorithm) == (arn(key), algorithm)
    assert len(made.ciphertext_blob) == int(spec[-4:]) // 8
    assert told.plaintext == bytes(most)
    assert (told.key_id, told.encryption_algorithm) == (arn(key), algorithm)
    assert told.key_material_id is None
    message = (
        f"Algorithm {algorithm} and key spec {spec} cannot encrypt data larger than {most} bytes."
    )
    for dry_run in (False, True):
        with refused("ValidationException", message):
            kms("Encrypt", **asked, Plaintext=bytes(most + 1), DryRun=dry_run)


def test_every_algorithm_to_encrypt_with_has_its_limit():
    asymmetric = {
        (spec.name, algorithm)
        for spec in SPECS.values()
        for algorithm in spec.algorithms.get(ENCRYPT_DECRYPT, ())
    }

    assert asymmetric - {("SYMMETRIC_DEFAULT", "SYMMETRIC_DEFAULT")} == set(MOST)


def test_a_ciphertext_does_not_tell_its_key(kms):
    key = encrypting(kms)
    blob = encrypted(kms, key)

    message = "A key must be specified to decrypt with RSAES_OAEP_SHA_256."
    with refused("ValidationException", message):
        kms("Decrypt", CiphertextBlob=blob, EncryptionAlgorithm=SHA_256)
    with refused("ValidationException", message):
        kms(
            "ReEncrypt",
            CiphertextBlob=blob,
            SourceEncryptionAlgorithm=SHA_256,
            DestinationKeyId=key,
        )
    with refused("InvalidCiphertextException"):
        kms("Decrypt", CiphertextBlob=blob)


@pytest.mark.parametrize("given", ["another key's", "another algorithm", "altered", "cut"])
def test_what_the_key_did_not_encrypt_so_is_invalid(kms, given):
    key = encrypting(kms)
    blob = encrypted(kms, key)
    blob, algorithm = {
        "another key's": (encrypted(kms, encrypting(kms, "RSA_3072"))[:256], SHA_256),
        "another algorithm": (blob, SHA_1),
        "altered": (bytes([blob[0] ^ 1]) + blob[1:], SHA_256),
        "cut": (blob[:-1], SHA_256),
    }[given]

    with refused("InvalidCiphertextException", ""):
        kms("Decrypt", KeyId=key, CiphertextBlob=blob, EncryptionAlgorithm=algorithm)


@pytest.mark.parametrize("operation", ["Encrypt", "Decrypt"])
def test_the_algorithm_must_be_named_and_fit(kms, operation):
    key = encrypting(kms)
    content = {"Plaintext": b"x"} if operation == "Encrypt" else {"CiphertextBlob": bytes(256)}

    message = "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048."
    with refused("InvalidKeyUsageException", message):
        kms(operation, KeyId=key, **content)


@pytest.mark.parametrize(
    ("spec", "usage"), [("RSA_2048", "ENCRYPT_DECRYPT"), ("HMAC_256", "GENERATE_VERIFY_MAC")]
)
def test_a_symmetric_ciphertext_is_not_for_a_key_of_another_kind(kms, key, spec, usage):
    blob = kms("Encrypt", KeyId=key, Plaintext=b"x").ciphertext_blob
    other = kms.create(KeySpec=spec, KeyUsage=usage).key_id

    with refused("IncorrectKeyException"):
        kms("Decrypt", KeyId=other, CiphertextBlob=blob)
    with refused("IncorrectKeyException"):
        kms("ReEncrypt", SourceKeyId=other, CiphertextBlob=blob, DestinationKeyId=key)
    kms("DisableKey", KeyId=other)
    with refused("DisabledException"):
        kms("Decrypt", KeyId=other, CiphertextBlob=blob)


def test_a_key_that_signs_does_not_encrypt(kms):
    key = kms.create(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY").key_id
    asked = {"KeyId": key, "EncryptionAlgorithm": SHA_256}

    message = "{} key usage is SIGN_VERIFY which is not valid for {}."
    with refused("InvalidKeyUsageException", message.format(arn(key), "Encrypt")):
        kms("Encrypt", **asked, Plaintext=b"x")
    with refused("InvalidKeyUsageException", message.format(arn(key), "Decrypt")):
        kms("Decrypt", **asked, CiphertextBlob=b"x")


def test_a_public_algorithm_has_no_place_for_a_context(kms, key):
    public = encrypting(kms)
    asked = {"KeyId": public, "EncryptionContext": CONTEXT, "EncryptionAlgorithm": SHA_256}
    blob = encrypted(kms, public)

    with refused("ValidationException", NO_CONTEXT):
        kms("Encrypt", **asked, Plaintext=b"x")
    with refused("ValidationException", NO_CONTEXT):
        kms("Decrypt", **asked, CiphertextBlob=blob)
    source = {"CiphertextBlob": blob, "SourceKeyId": public, "SourceEncryptionAlgorithm": SHA_256}
    with refused("ValidationException", NO_CONTEXT):
        kms("ReEncrypt", **source, SourceEncryptionContext=CONTEXT, DestinationKeyId=key)
    with refused("ValidationException", NO_CONTEXT):
        kms(
            "ReEncrypt",
            **source,
            DestinationKeyId=public,
            DestinationEncryptionAlgorithm=SHA_256,
            DestinationEncryptionContext=CONTEXT,
        )


def test_reencryption_goes_from_kind_to_kind(kms, key):
    public = encrypting(kms)
    blob = kms("Encrypt", KeyId=key, Plaintext=b"secret", EncryptionContext=CONTEXT).ciphertext_blob

    there = kms(
        "ReEncrypt",
        CiphertextBlob=blob,
        SourceEncryptionContext=CONTEXT,
        DestinationKeyId=public,
        DestinationEncryptionAlgorithm=SHA_1,
    )
    back = kms(
        "ReEncrypt",
        CiphertextBlob=there.ciphertext_blob,
        SourceKeyId=public,
        SourceEncryptionAlgorithm=SHA_1,
        DestinationKeyId=key,
        DestinationEncryptionContext=CONTEXT,
    )

    material = kms("DescribeKey", KeyId=key).key_metadata.current_key_material_id
    assert (there.source_key_material_id, there.destination_key_material_id) == (material, None)
    assert (back.source_key_material_id, back.destination_key_material_id) == (None, material)
    assert there.destination_encryption_algorithm == back.source_encryption_algorithm == SHA_1
    assert (there.key_id, back.source_key_id) == (arn(public), arn(public))
    told = kms("Decrypt", CiphertextBlob=back.ciphertext_blob, EncryptionContext=CONTEXT)
    assert told.plaintext == b"secret"


def test_reencryption_takes_no_more_than_fits(kms, key):
    public = encrypting(kms)
    blob = kms("Encrypt", KeyId=key, Plaintext=bytes(191)).ciphertext_blob

    for dry_run in (False, True):
        with refused("ValidationException"):
            kms(
                "ReEncrypt",
                CiphertextBlob=blob,
                DestinationKeyId=public,
                DestinationEncryptionAlgorithm=SHA_256,
                DryRun=dry_run,
            )


def test_a_dry_run_decrypts_nothing(kms):
    key = encrypting(kms)
    asked = {"KeyId": key, "EncryptionAlgorithm": SHA_256, "DryRun": True}

    with refused("DryRunOperationException"):
        kms("Encrypt", **asked, Plaintext=b"x")
    with refused("DryRunOperationException"):
        kms("Decrypt", **asked, CiphertextBlob=encrypted(kms, key))
    with refused("InvalidCiphertextException"):
        kms("Decrypt", **asked, CiphertextBlob=b"x")
    with refused("DryRunOperationException"):
        kms("Decrypt", **asked, DryRunModifiers=["IGNORE_CIPHERTEXT"])


def test_policies_decide_by_algorithm(kms):
    user = people.user("bound")
    only = {"StringEquals": {"kms:EncryptionAlgorithm": SHA_256}}
    people.attach(user, people.statement("Allow", "kms:Encrypt", Condition=only))
    key = encrypting(kms)

    assert encrypted(Kms(user), key, SHA_256)
    with refused("AccessDeniedException"):
        encrypted(Kms(user), key, SHA_1)


@pytest.mark.parametrize("operation", ["GenerateDataKey", "GenerateDataKeyWithoutPlaintext"])
def test_data_keys_need_a_symmetric_key(kms, operation):
    message = "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048."
    with refused("InvalidKeyUsageException", message):
        kms(operation, KeyId=encrypting(kms), KeySpec="AES_256")
