"""GenerateDataKeyPair and GenerateDataKeyPairWithoutPlaintext."""

import pytest

from keys.models import Key
from service import model
from tests.crypto.opening import provider
from tests.keys.using import Kms, arn, refused
from tests.support import people

pytestmark = pytest.mark.django_db

CONTEXT = {"app": "web"}
SPECS = [name for name in model.service("kms").shape_for("DataKeyPairSpec").enum if name != "SM2"]
OPERATIONS = ["GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext"]
RECIPIENT = {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": b"a"}


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_private_key_decrypts_to_the_half_of_the_public_one(kms, key, operation, spec):
    made = kms(operation, KeyId=key, KeyPairSpec=spec, EncryptionContext=CONTEXT)

    told = kms(
        "Decrypt", CiphertextBlob=made.private_key_ciphertext_blob, EncryptionContext=CONTEXT
    )
    private = provider.accept(spec, told.plaintext)
    assert provider.public_key(spec, private) == made.public_key
    assert getattr(made, "private_key_plaintext", private) == told.plaintext == private
    assert (made.key_id, made.key_pair_spec) == (arn(key), spec)
    assert made.key_material_id == told.key_material_id
    assert len(made.private_key_ciphertext_blob) <= 6144


@pytest.mark.parametrize("spec", [spec for spec in SPECS if spec.startswith("ML_KEM")])
def test_private_keys_of_ml_kem_are_seeds(kms, key, spec):
    made = kms("GenerateDataKeyPair", KeyId=key, KeyPairSpec=spec)

    assert len(made.private_key_plaintext) == 86


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_pair_is_another(kms, key, operation):
    pairs = {kms(operation, KeyId=key, KeyPairSpec="ECC_NIST_P256").public_key for _ in range(4)}

    assert len(pairs) == 4


@pytest.mark.parametrize("operation", OPERATIONS)
def test_another_context_does_not_decrypt(kms, key, operation):
    made = kms(operation, KeyId=key, KeyPairSpec="ECC_NIST_P256", EncryptionContext=CONTEXT)

    with refused("InvalidCiphertextException"):
        kms("Decrypt", CiphertextBlob=made.private_key_ciphertext_blob)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_pairs_that_are_not_built_are_unsupported(kms, key, operation):
    with refused("UnsupportedOperationException"):
        kms(operation, KeyId=key, KeyPairSpec="SM2")
    with refused("ValidationException"):  # AWS has no such pairs
        kms(operation, KeyId=key, KeyPairSpec="ML_DSA_65")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_asymmetric_key_makes_no_pairs(kms, operation):
    key = kms.create(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT").key_id

    with refused("InvalidKeyUsageException"):
        kms(operation, KeyId=key, KeyPairSpec="ECC_NIST_P256")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_key_of_a_custom_key_store_makes_no_pairs(kms, key, operation):
    Key.objects.update(origin="AWS_CLOUDHSM")

    message = f"{arn(key)} origin is AWS_CLOUDHSM which is not valid for this operation."
    with refused("UnsupportedOperationException", message):
        kms(operation, KeyId=key, KeyPairSpec="ECC_NIST_P256")


def test_enclaves_are_not_served(kms, key):
    with refused("UnsupportedOperationException"):
        kms("GenerateDataKeyPair", KeyId=key, KeyPairSpec="ECC_NIST_P256", Recipient=RECIPIENT)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_dry_run_makes_no_pair(kms, key, operation):
    asked = {"KeyId": key, "KeyPairSpec": "ECC_NIST_P256", "DryRun": True}

    with refused("DryRunOperationException"):
        kms(operation, **asked)
    with refused("AccessDeniedException"):
        Kms(people.user("nobody"))(operation, **asked)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_policies_decide_by_spec_and_context(kms, key, operation):
    user = people.user("bound")
    only = {
        "StringEquals": {
            "kms:DataKeyPairSpec": "ECC_NIST_P256",
            "kms:EncryptionContext:app": "web",
            "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        }
    }
    people.attach(user, people.statement("Allow", "kms:*", Condition=only))
    asked = {"KeyId": key, "KeyPairSpec": "ECC_NIST_P256", "EncryptionContext": CONTEXT}

    assert Kms(user)(operation, **asked)
    for other in ({"KeyPairSpec": "ECC_NIST_P384"}, {"EncryptionContext": {}}):
        with refused("AccessDeniedException"):
            Kms(user)(operation, **{**asked, **other})


def test_the_private_key_does_not_show(kms, key):
    made = kms("GenerateDataKeyPair", KeyId=key, KeyPairSpec="ECC_NIST_EDWARDS25519")

    assert repr(made.private_key_plaintext) not in repr(made)
