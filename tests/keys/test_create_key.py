"""CreateKey and DescribeKey: what a key is made of, and what cannot be made."""

import json
import re
from datetime import UTC, datetime

import pytest
from django.db import connection

from keys import material, specs
from keys.models import Key, Material
from service import wire
from tests.keys.using import Kms, arn, key_policy, refused
from tests.support import people

pytestmark = pytest.mark.django_db

LOCKED_OUT = "The new key policy will not allow you to update the key policy in the future."


def test_a_key_is_symmetric_and_enabled_unless_asked_otherwise(kms):
    before = datetime.now(UTC)
    made = wire.encode(kms.create(Description="for tests"))

    assert before <= made.pop("CreationDate") <= datetime.now(UTC)
    material = made.pop("CurrentKeyMaterialId")
    assert len(material) == 64
    assert made == {
        "AWSAccountId": people.ACCOUNT,
        "KeyId": made["KeyId"],
        "Arn": arn(made["KeyId"]),
        "Enabled": True,
        "Description": "for tests",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": "Enabled",
        "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER",
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "MultiRegion": False,
    }


def test_what_was_made_is_what_is_described(kms):
    made = kms.create(Tags=[{"TagKey": "a", "TagValue": "1"}])

    assert kms("DescribeKey", KeyId=made.key_id).key_metadata == made
    assert kms("DescribeKey", KeyId=made.arn).key_metadata == made


def test_material_is_stored_sealed(kms):
    key = kms.create()

    (row,) = Material.objects.all()
    assert row.material_id == key.current_key_material_id
    assert len(bytes(row.sealed)) > 32


def test_a_key_without_a_policy_leaves_it_to_the_account(kms, key):
    policy = kms("GetKeyPolicy", KeyId=key).policy

    assert json.loads(policy) == {
        "Version": "2012-10-17",
        "Id": "key-default-1",
        "Statement": [
            {
                "Sid": "Enable IAM User Permissions",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{people.ACCOUNT}:root"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }


@pytest.mark.parametrize(
    "asked",
    [
        {"KeySpec": "SM2", "KeyUsage": "SIGN_VERIFY"},
        {"CustomerMasterKeySpec": "SM2", "KeyUsage": "ENCRYPT_DECRYPT"},
    ],
)
def test_what_is_not_built_is_said_to_be_unsupported(kms, asked):
    with refused("UnsupportedOperationException"):
        kms.create(**asked)

    assert not Key.objects.exists()


def test_a_symmetric_key_cannot_sign(kms):
    message = "KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT"
    with refused("ValidationException", message):
        kms.create(KeyUsage="SIGN_VERIFY")


def test_the_spec_is_said_once(kms):
    with refused("ValidationException"):
        kms.create(KeySpec="SYMMETRIC_DEFAULT", CustomerMasterKeySpec="SYMMETRIC_DEFAULT")


def test_who_may_not_create_keys_does_not(kms):
    with refused("AccessDeniedException"):
        Kms(people.user("nobody", "kms:TagResource")).create()


def test_tags_at_creation_ask_for_leave_to_tag(kms):
    creator = Kms(people.user("creator", "kms:CreateKey"))

    creator.create()
    with refused("AccessDeniedException"):
        creator.create(Tags=[{"TagKey": "a", "TagValue": "1"}])


def test_a_policy_that_locks_its_writer_out_is_refused(kms):
    policy = people.policy(
        people.statement("Allow", "kms:*", Principal={"AWS": people.user("else").arn})
    )
    with refused("MalformedPolicyDocumentException", LOCKED_OUT):
        kms.create(Policy=policy)
    made = kms.create(Policy=policy, BypassPolicyLockoutSafetyCheck=True)

    with refused("AccessDeniedException"):
        kms("GetKeyPolicy", KeyId=made.key_id)


def test_a_policy_comes_back_as_it_was_given(kms):
    policy = key_policy().replace('"Statement"', ' "Id": "z",\n "Statement"')

    made = kms.create(Policy=policy)

    assert kms("GetKeyPolicy", KeyId=made.key_id).policy == policy


@pytest.mark.parametrize("policy", ["my policy", "{}", "[]", '{"Version": "2012-10-17"}'])
def test_what_is_no_policy_is_refused(kms, policy):
    with refused("MalformedPolicyDocumentException"):
        kms.create(Policy=policy)


def test_a_policy_has_at_most_32768_bytes(kms):
    with refused("LimitExceededException"):
        kms.create(Policy=key_policy() + " " * 32_768)


@pytest.mark.parametrize("spec", [name for name in specs.SPECS if name != "SYMMETRIC_DEFAULT"])
def test_every_other_key_wants_to_be_told_what_it_is_for(kms, spec):
    message = (
        "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."
    )
    with refused("ValidationException", message):
        kms.create(KeySpec=spec)


NOT_FOR = {
    "SYMMETRIC_DEFAULT": ["SIGN_VERIFY", "GENERATE_VERIFY_MAC"],
    "RSA_2048": ["KEY_AGREEMENT", "GENERATE_VERIFY_MAC", "ENCAPSULATE_DECAPSULATE"],
    "ECC_NIST_P256": ["ENCRYPT_DECRYPT"],
    "ECC_SECG_P256K1": ["KEY_AGREEMENT", "ENCRYPT_DECRYPT"],
    "ECC_NIST_EDWARDS25519": ["KEY_AGREEMENT", "ENCRYPT_DECRYPT"],
    "ML_DSA_65": ["ENCRYPT_DECRYPT", "ENCAPSULATE_DECAPSULATE"],
    "ML_KEM_768": ["ENCRYPT_DECRYPT", "KEY_AGREEMENT", "SIGN_VERIFY"],
    "HMAC_256": ["ENCRYPT_DECRYPT", "SIGN_VERIFY"],
}


@pytest.mark.parametrize(
    ("spec", "usage"), [(spec, usage) for spec, usages in NOT_FOR.items() for usage in usages]
)
def test_a_key_is_not_made_for_what_its_spec_is_not_for(kms, spec, usage):
    with refused("ValidationException", f"KeyUsage {usage} is not compatible with KeySpec {spec}"):
        kms.create(KeySpec=spec, KeyUsage=usage)

    assert not Key.objects.exists()


KINDS = {
    ("RSA_2048", "ENCRYPT_DECRYPT"): {
        "EncryptionAlgorithms": ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]
    },
    ("RSA_2048", "SIGN_VERIFY"): {
        "SigningAlgorithms": [
            f"RSASSA_{padding}_SHA_{size}"
            for padding in ("PKCS1_V1_5", "PSS")
            for size in (256, 384, 512)
        ]
    },
    ("ECC_NIST_P256", "SIGN_VERIFY"): {"SigningAlgorithms": ["ECDSA_SHA_256"]},
    ("ECC_NIST_P384", "SIGN_VERIFY"): {"SigningAlgorithms": ["ECDSA_SHA_384"]},
    ("ECC_NIST_P521", "SIGN_VERIFY"): {"SigningAlgorithms": ["ECDSA_SHA_512"]},
    ("ECC_NIST_P521", "KEY_AGREEMENT"): {"KeyAgreementAlgorithms": ["ECDH"]},
    ("ECC_SECG_P256K1", "SIGN_VERIFY"): {"SigningAlgorithms": ["ECDSA_SHA_256"]},
    ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY"): {
        "SigningAlgorithms": ["ED25519_SHA_512", "ED25519_PH_SHA_512"]
    },
    ("ML_DSA_65", "SIGN_VERIFY"): {"SigningAlgorithms": ["ML_DSA_SHAKE_256"]},
    ("ML_KEM_512", "ENCAPSULATE_DECAPSULATE"): {"EncapsulationAlgorithms": ["ML_KEM"]},
    ("HMAC_224", "GENERATE_VERIFY_MAC"): {"MacAlgorithms": ["HMAC_SHA_224"]},
    ("HMAC_512", "GENERATE_VERIFY_MAC"): {"MacAlgorithms": ["HMAC_SHA_512"]},
}


@pytest.mark.parametrize(("spec", "usage"), KINDS)
def test_a_key_tells_its_algorithms_and_no_material_id_unless_it_encrypts_symmetrically(
    kms, spec, usage
):
    made = kms.create(KeySpec=spec, KeyUsage=usage)

    told = wire.encode(made)
    assert {name: told[name] for name in told if name.endswith("Algorithms")} == KINDS[spec, usage]
    assert told["KeySpec"] == told["CustomerMasterKeySpec"] == spec
    assert told["KeyUsage"] == usage
    assert "CurrentKeyMaterialId" not in told
    assert kms("DescribeKey", KeyId=made.key_id).key_metadata == made


def test_the_deprecated_spec_means_the_same(kms):
    made = kms.create(CustomerMasterKeySpec="ECC_NIST_P521", KeyUsage="SIGN_VERIFY")

    assert (made.key_spec, made.customer_master_key_spec) == ("ECC_NIST_P521", "ECC_NIST_P521")
    with refused("ValidationException"):  # it knows fewer values
        kms.create(CustomerMasterKeySpec="ML_DSA_65", KeyUsage="SIGN_VERIFY")


@pytest.mark.parametrize("spec", ["RSA_2048", "ECC_NIST_P256"])
def test_no_key_is_made_while_others_wait_for_the_transaction(kms, monkeypatch, spec):
    """Making an RSA key takes up to seconds; so long nobody could write."""
    provider = material.software()
    generate, within = provider.generate, []

    def watched(self, wanted):
        within.append(connection.in_atomic_block and len(connection.savepoint_ids) > 0)
        return generate(wanted)

    monkeypatch.setattr(type(provider), "generate", watched)
    kms.create(KeySpec=spec, KeyUsage="SIGN_VERIFY")

    assert within == [False]


def test_who_may_not_create_keys_has_none_made(monkeypatch):
    made = []
    monkeypatch.setattr(type(material.software()), "generate", lambda *_: made.append(1))

    with refused("AccessDeniedException"):
        Kms(people.user("nobody")).create(KeySpec="RSA_4096", KeyUsage="SIGN_VERIFY")
    assert not made


def test_a_key_of_another_usage_is_refused():
    message = "ARN key usage is SIGN_VERIFY which is not valid for Encrypt."
    with refused("InvalidKeyUsageException", message):
        specs.require_usage("ARN", "SIGN_VERIFY", "ENCRYPT_DECRYPT", "Encrypt")


def test_a_key_whose_material_is_to_be_imported_waits_for_it(kms):
    made = kms.create(Origin="EXTERNAL")

    assert (made.key_state, made.enabled, made.origin) == ("PendingImport", False, "EXTERNAL")
    assert (made.current_key_material_id, made.expiration_model) == (None, None)
    with refused("KMSInvalidStateException", f"{made.arn} is pending import."):
        kms("Encrypt", KeyId=made.key_id, Plaintext=b"x")


def test_a_multi_region_key_is_its_own_primary(kms):
    made = kms.create(MultiRegion=True)

    assert re.fullmatch("mrk-[0-9a-f]{32}", made.key_id)
    configuration = made.multi_region_configuration
    assert configuration.multi_region_key_type == "PRIMARY"
    assert (configuration.primary_key.arn, configuration.replica_keys) == (made.arn, ())
    assert kms("DescribeKey", KeyId=made.key_id).key_metadata == made
    blob = kms("Encrypt", KeyId=made.key_id, Plaintext=b"x").ciphertext_blob
    assert kms("Decrypt", CiphertextBlob=blob).plaintext == b"x"
