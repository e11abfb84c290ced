"""Sign, Verify and GetPublicKey."""

import hashlib

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key

from keys.specs import SIGN_VERIFY, SPECS
from tests.keys.using import Kms, arn, key_policy, refused
from tests.support import people

pytestmark = pytest.mark.django_db

DRY = "The request would have succeeded, but the DryRun option is set."
MESSAGE = b"a message"
SIGNING = [
    (spec.name, algorithm)
    for spec in SPECS.values()
    for algorithm in spec.algorithms.get(SIGN_VERIFY, ())
]
HASHED = [(spec, name) for spec, name in SIGNING if name.startswith(("RSASSA", "ECDSA"))]
PREHASHED = "ED25519_PH_SHA_512"


def signer(kms: Kms, spec: str) -> str:
    made = kms.create(KeySpec=spec, KeyUsage="SIGN_VERIFY")
    assert made.key_id
    return made.key_id


def content(algorithm: str) -> dict[str, object]:
    """A message of the kind that every algorithm but one takes."""
    if algorithm == PREHASHED:
        return {"Message": hashlib.sha512(MESSAGE).digest(), "MessageType": "DIGEST"}
    return {"Message": MESSAGE}


@pytest.mark.parametrize(("spec", "algorithm"), SIGNING)
def test_what_is_signed_verifies(kms, spec, algorithm):
    key = signer(kms, spec)
    asked = {"KeyId": key, "SigningAlgorithm": algorithm, **content(algorithm)}

    signed = kms("Sign", **asked)
    verified = kms("Verify", **asked, Signature=signed.signature)

    assert (signed.key_id, signed.signing_algorithm) == (arn(key), algorithm)
    assert (verified.key_id, verified.signing_algorithm) == (arn(key), algorithm)
    assert verified.signature_valid is True
    with refused("KMSInvalidSignatureException", ""):
        last = bytes([signed.signature[-1] ^ 1])
        kms("Verify", **asked, Signature=signed.signature[:-1] + last)
    with refused("KMSInvalidSignatureException", ""):
        kms("Verify", **asked, Signature=b"no signature")


@pytest.mark.parametrize(("spec", "algorithm"), HASHED)
def test_a_message_and_its_digest_are_the_same(kms, spec, algorithm):
    key = signer(kms, spec)
    digest = hashlib.new(f"sha{algorithm[-3:]}", MESSAGE).digest()
    asked = {"KeyId": key, "SigningAlgorithm": algorithm}

    signature = kms("Sign", **asked, Message=digest, MessageType="DIGEST").signature

    assert kms("Verify", **asked, Message=MESSAGE, Signature=signature).signature_valid
    with refused("KMSInvalidSignatureException"):  # a digest is not a message
        kms("Verify", **asked, Message=digest, MessageType="RAW", Signature=signature)


@pytest.mark.parametrize(("spec", "algorithm"), HASHED)
@pytest.mark.parametrize("operation", ["Sign", "Verify"])
def test_a_digest_is_as_long_as_its_hash(kms, spec, algorithm, operation):
    key = signer(kms, spec)
    asked = {"KeyId": key, "SigningAlgorithm": algorithm, "MessageType": "DIGEST"}
    if operation == "Verify":
        asked["Signature"] = b"any"

    for length in (20, int(algorithm[-3:]) // 8 - 1, int(algorithm[-3:]) // 8 + 1):
        with refused("ValidationException", f"Digest is invalid length for algorithm {algorithm}."):
            kms(operation, **asked, Message=bytes(length))


TYPES = [
    ("RSA_2048", "RSASSA_PSS_SHA_256", "EXTERNAL_MU", "key spec RSA_2048"),
    ("ECC_NIST_P256", "ECDSA_SHA_256", "EXTERNAL_MU", "key spec ECC_NIST_P256"),
    ("ECC_NIST_EDWARDS25519", "ED25519_SHA_512", "DIGEST", "algorithm ED25519_SHA_512"),
    ("ECC_NIST_EDWARDS25519", "ED25519_PH_SHA_512", "RAW", "algorithm ED25519_PH_SHA_512"),
    ("ECC_NIST_EDWARDS25519", "ED25519_SHA_512", "EXTERNAL_MU", "algorithm ED25519_SHA_512"),
    ("ML_DSA_44", "ML_DSA_SHAKE_256", "DIGEST", "key spec ML_DSA_44"),
]


@pytest.mark.parametrize(("spec", "algorithm", "message_type", "by"), TYPES)
def test_an_algorithm_takes_its_own_types_of_messages(kms, spec, algorithm, message_type, by):
    message = f"Message type {message_type} is incompatible with {by}."
    with refused("ValidationException", message):
        kms(
            "Sign",
            KeyId=signer(kms, spec),
            SigningAlgorithm=algorithm,
            Message=bytes(64),
            MessageType=message_type,
        )


@pytest.mark.parametrize(
    ("spec", "algorithm", "message_type"),
    [
        ("ECC_NIST_EDWARDS25519", PREHASHED, "DIGEST"),
        ("ML_DSA_44", "ML_DSA_SHAKE_256", "EXTERNAL_MU"),
    ],
)
def test_a_digest_or_representative_has_64_bytes(kms, spec, algorithm, message_type):
    key = signer(kms, spec)

    for length in (1, 63, 65):
        with refused("ValidationException", f"Digest is invalid length for algorithm {algorithm}."):
            kms(
                "Sign",
                KeyId=key,
                SigningAlgorithm=algorithm,
                Message=bytes(length),
                MessageType=message_type,
            )


def test_the_representative_of_a_message_is_signed_as_the_message_is(kms):
    """FIPS 204, 6.2: mu is a hash of the public key's hash, a prefix, and the message."""
    key = signer(kms, "ML_DSA_65")
    public = kms("GetPublicKey", KeyId=key).public_key
    raw = load_der_public_key(public).public_bytes_raw()
    tr = hashlib.shake_256(raw).digest(64)
    mu = hashlib.shake_256(tr + bytes(2) + MESSAGE).digest(64)
    asked = {"KeyId": key, "SigningAlgorithm": "ML_DSA_SHAKE_256"}

    signature = kms("Sign", **asked, Message=mu, MessageType="EXTERNAL_MU").signature

    assert kms("Verify", **asked, Message=MESSAGE, Signature=signature).signature_valid


@pytest.mark.parametrize("operation", ["Sign", "Verify"])
def test_a_message_has_1_to_4096_bytes(kms, operation):
    asked: dict[str, object] = {
        "KeyId": signer(kms, "ECC_NIST_P256"),
        "SigningAlgorithm": "ECDSA_SHA_256",
    }
    signature = kms("Sign", **asked, Message=bytes(4096)).signature
    if operation == "Verify":
        asked["Signature"] = signature

    kms(operation, **asked, Message=bytes(4096))
    for length, bound in ((0, "greater than or equal to 1"), (4097, "less than or equal to 4096")):
        message = (
            "1 validation error detected: Value at 'message' failed to satisfy constraint: "
            f"Member must have length {bound}"
        )
        with refused("ValidationException", message):
            kms(operation, **asked, Message=bytes(length))


def test_an_algorithm_of_other_keys_is_refused_before_the_signature_is_looked_at(kms):
    key = signer(kms, "ECC_NIST_P256")

    for operation, more in (("Sign", {}), ("Verify", {"Signature": b"any"})):
        for algorithm in ("ECDSA_SHA_384", "RSASSA_PSS_SHA_256"):
            message = f"Algorithm {algorithm} is incompatible with key spec ECC_NIST_P256."
            with refused("InvalidKeyUsageException", message):
                kms(operation, KeyId=key, Message=b"x", SigningAlgorithm=algorithm, **more)


@pytest.mark.parametrize(
    ("spec", "usage"),
    [
        ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"),
        ("RSA_2048", "ENCRYPT_DECRYPT"),
        ("ECC_NIST_P256", "KEY_AGREEMENT"),
        ("HMAC_256", "GENERATE_VERIFY_MAC"),
    ],
)
def test_a_key_for_something_else_does_not_sign(kms, spec, usage):
    key = kms.create(KeySpec=spec, KeyUsage=usage).key_id

    for operation, more in (("Sign", {}), ("Verify", {"Signature": b"any"})):
        message = f"{arn(key)} key usage is {usage} which is not valid for {operation}."
        with refused("InvalidKeyUsageException", message):
            kms(operation, KeyId=key, Message=b"x", SigningAlgorithm="ECDSA_SHA_256", **more)


def test_another_keys_signature_does_not_verify(kms):
    one, other = signer(kms, "ECC_NIST_P256"), signer(kms, "ECC_NIST_P256")
    asked = {"Message": MESSAGE, "SigningAlgorithm": "ECDSA_SHA_256"}
    signature = kms("Sign", KeyId=one, **asked).signature

    with refused("KMSInvalidSignatureException", ""):
        kms("Verify", KeyId=other, **asked, Signature=signature)


def test_a_key_signs_by_its_alias_and_for_another_account_that_its_policy_lets(kms, stranger):
    policy = key_policy(people.statement("Allow", "kms:*", Principal={"AWS": people.OTHER_ACCOUNT}))
    key = kms.create(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY", Policy=policy).key_id
    kms("CreateAlias", AliasName="alias/signer", TargetKeyId=key)
    asked = {"Message": MESSAGE, "SigningAlgorithm": "ECDSA_SHA_256"}

    signed = stranger("Sign", KeyId=arn(key), **asked)

    assert signed.key_id == arn(key)
    assert kms("Verify", KeyId="alias/signer", **asked, Signature=signed.signature)
    assert stranger("GetPublicKey", KeyId=arn(key)).key_id == arn(key)


@pytest.mark.parametrize(
    ("spec", "usage"), [(s.name, u) for s in SPECS.values() for u in s.algorithms]
)
def test_an_asymmetric_key_tells_its_public_key(kms, spec, usage):
    made = kms.create(KeySpec=spec, KeyUsage=usage)
    if spec == "SYMMETRIC_DEFAULT" or spec.startswith("HMAC"):
        message = f"{made.arn} key spec is {spec} which is not valid for GetPublicKey."
        with refused("UnsupportedOperationException", message):
            kms("GetPublicKey", KeyId=made.key_id)
        return

    told = kms("GetPublicKey", KeyId=made.key_id)

    assert (told.key_id, told.key_usage) == (made.arn, usage)
    assert told.key_spec == told.customer_master_key_spec == spec
    assert told.encryption_algorithms == made.encryption_algorithms
    assert told.signing_algorithms == made.signing_algorithms
    assert told.key_agreement_algorithms == made.key_agreement_algorithms
    assert told.encapsulation_algorithms == made.encapsulation_algorithms
    assert told == kms("GetPublicKey", KeyId=made.arn)


def test_a_dry_run_of_sign_signs_nothing(kms):
    asked = {
        "KeyId": signer(kms, "ECC_NIST_P256"),
        "Message": MESSAGE,
        "SigningAlgorithm": "ECDSA_SHA_256",
        "DryRun": True,
    }

    with refused("DryRunOperationException", DRY):
        kms("Sign", **asked)
    with refused("ValidationException"):
        kms("Sign", **{**asked, "MessageType": "DIGEST"})
    with refused("AccessDeniedException"):
        Kms(people.user("nobody"))("Sign", **asked)


def test_a_dry_run_of_verify_looks_at_the_signature(kms):
    asked = {
        "KeyId": signer(kms, "ECC_NIST_P256"),
        "Message": MESSAGE,
        "SigningAlgorithm": "ECDSA_SHA_256",
    }
    signature = kms("Sign", **asked).signature

    with refused("DryRunOperationException", DRY):
        kms("Verify", **asked, Signature=signature, DryRun=True)
    with refused("KMSInvalidSignatureException"):
        kms("Verify", **asked, Signature=b"any", DryRun=True)


@pytest.mark.parametrize(
    ("condition", "matching", "other"),
    [
        ("kms:SigningAlgorithm", {}, {"SigningAlgorithm": "RSASSA_PSS_SHA_384"}),
        ("kms:MessageType", {"MessageType": "RAW"}, {"MessageType": "DIGEST"}),
        ("kms:MessageType", {}, {"MessageType": "DIGEST"}),  # RAW unless said otherwise
    ],
)
def test_policies_decide_by_algorithm_and_type(kms, condition, matching, other):
    key = signer(kms, "RSA_2048")
    values = {"kms:SigningAlgorithm": "RSASSA_PSS_SHA_256", "kms:MessageType": "RAW"}
    user = people.user("bound")
    only = {"StringEquals": {condition: values[condition]}}
    people.attach(user, people.statement("Allow", "kms:Sign", "kms:Verify", Condition=only))
    asked = {"KeyId": key, "Message": bytes(32), "SigningAlgorithm": "RSASSA_PSS_SHA_256"}

    signature = Kms(user)("Sign", **{**asked, **matching}).signature
    assert Kms(user)("Verify", **{**asked, **matching}, Signature=signature)
    for operation, more in (("Sign", {}), ("Verify", {"Signature": signature})):
        with refused("AccessDeniedException"):
            Kms(user)(operation, **{**asked, **other}, **more)
