"""DeriveSharedSecret, Encapsulate and Decapsulate."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tests.crypto.opening import der
from tests.keys.using import Kms, arn, refused
from tests.support import people

pytestmark = pytest.mark.django_db

CURVES = {
    "ECC_NIST_P256": (ec.SECP256R1(), 32),
    "ECC_NIST_P384": (ec.SECP384R1(), 48),
    "ECC_NIST_P521": (ec.SECP521R1(), 66),
}
KEMS = {"ML_KEM_512": 768, "ML_KEM_768": 1088, "ML_KEM_1024": 1568}
ECDH = {"KeyAgreementAlgorithm": "ECDH"}
KEM = {"EncapsulationAlgorithm": "ML_KEM"}
RECIPIENT = {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": b"a"}


def agreeing(kms: Kms, spec: str = "ECC_NIST_P256") -> str:
    key = kms.create(KeySpec=spec, KeyUsage="KEY_AGREEMENT").key_id
    assert key
    return key


def encapsulating(kms: Kms, spec: str = "ML_KEM_768") -> str:
    key = kms.create(KeySpec=spec, KeyUsage="ENCAPSULATE_DECAPSULATE").key_id
    assert key
    return key


@pytest.mark.parametrize("spec", CURVES)
def test_both_sides_derive_one_secret(kms, spec):
    curve, length = CURVES[spec]
    key, theirs = agreeing(kms, spec), ec.generate_private_key(curve)

    answer = kms("DeriveSharedSecret", KeyId=key, PublicKey=der(theirs.public_key()), **ECDH)

    ours = load_der_public_key(kms("GetPublicKey", KeyId=key).public_key)
    assert answer.shared_secret == theirs.exchange(ec.ECDH(), ours)
    assert len(answer.shared_secret) == length
    assert (answer.key_id, answer.key_agreement_algorithm, answer.key_origin) == (
        arn(key),
        "ECDH",
        "AWS_KMS",
    )


@pytest.mark.parametrize("public", ["another curve", "a point beside the curve", "garbage"])
def test_a_public_key_that_does_not_fit_is_refused(kms, public):
    sound = der(ec.generate_private_key(ec.SECP256R1()).public_key())
    given = {
        "another curve": der(ec.generate_private_key(ec.SECP384R1()).public_key()),
        "a point beside the curve": sound[:-1] + bytes([sound[-1] ^ 1]),
        "garbage": b"garbage",
    }[public]

    message = "The public key is not a valid key for key spec ECC_NIST_P256."
    with refused("ValidationException", message):
        kms("DeriveSharedSecret", KeyId=agreeing(kms), PublicKey=given, **ECDH)


@pytest.mark.parametrize("spec", KEMS)
def test_what_is_encapsulated_decapsulates(kms, spec):
    key = encapsulating(kms, spec)

    made = kms("Encapsulate", KeyId=key, **KEM)
    blob = made.shared_secret_ciphertext_blob
    told = kms("Decapsulate", KeyId=key, SharedSecretCiphertextBlob=blob, **KEM)

    assert (len(made.shared_secret), len(blob)) == (32, KEMS[spec])
    assert told.shared_secret == made.shared_secret
    assert (made.key_id, made.encapsulation_algorithm) == (arn(key), "ML_KEM")
    assert (told.key_id, told.encapsulation_algorithm) == (arn(key), "ML_KEM")


def test_another_keys_ciphertext_gives_another_secret_and_no_error(kms):
    one, other = encapsulating(kms), encapsulating(kms)
    made = kms("Encapsulate", KeyId=one, **KEM)
    blob = made.shared_secret_ciphertext_blob
    altered = bytes([blob[0] ^ 1]) + blob[1:]

    for key, given in ((other, blob), (one, altered)):
        told = kms("Decapsulate", KeyId=key, SharedSecretCiphertextBlob=given, **KEM)
        assert len(told.shared_secret) == 32
        assert told.shared_secret != made.shared_secret


@pytest.mark.parametrize("length", [1, 767, 769, 1088])
def test_a_ciphertext_of_another_length_is_invalid(kms, length):
    key = encapsulating(kms, "ML_KEM_512")

    with refused("InvalidCiphertextException", ""):
        kms("Decapsulate", KeyId=key, SharedSecretCiphertextBlob=bytes(length), **KEM)


def test_no_two_secrets_are_the_same(kms):
    key = encapsulating(kms)

    assert len({kms("Encapsulate", KeyId=key, **KEM).shared_secret for _ in range(5)}) == 5


def asked(operation):
    """What each is asked beside the key."""
    return {
        "DeriveSharedSecret": {
            **ECDH,
            "PublicKey": der(ec.generate_private_key(ec.SECP256R1()).public_key()),
        },
        "Encapsulate": KEM,
        "Decapsulate": {**KEM, "SharedSecretCiphertextBlob": bytes(1088)},
    }[operation]


@pytest.mark.parametrize("operation", ["DeriveSharedSecret", "Encapsulate", "Decapsulate"])
def test_a_key_for_something_else_is_refused(kms, operation):
    key = kms.create(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY").key_id

    message = f"{arn(key)} key usage is SIGN_VERIFY which is not valid for {operation}."
    with refused("InvalidKeyUsageException", message):
        kms(operation, KeyId=key, **asked(operation))


@pytest.mark.parametrize("operation", ["DeriveSharedSecret", "Encapsulate", "Decapsulate"])
def test_a_dry_run_says_what_a_real_one_would(kms, operation):
    key = agreeing(kms) if operation == "DeriveSharedSecret" else encapsulating(kms)
    params = {"KeyId": key, **asked(operation), "DryRun": True}

    with refused("DryRunOperationException"):
        kms(operation, **params)
    with refused("AccessDeniedException"):
        Kms(people.user("nobody"))(operation, **params)


def test_a_dry_run_looks_at_the_public_key(kms):
    with refused("ValidationException"):
        kms("DeriveSharedSecret", KeyId=agreeing(kms), PublicKey=b"x", DryRun=True, **ECDH)


def test_enclaves_are_not_served(kms):
    params = {"KeyId": agreeing(kms), **asked("DeriveSharedSecret")}

    with refused("UnsupportedOperationException"):
        kms("DeriveSharedSecret", **params, Recipient=RECIPIENT)


def test_policies_decide_by_the_algorithm_of_agreement(kms):
    params = {"KeyId": agreeing(kms), **asked("DeriveSharedSecret")}
    right, wrong = people.user("right"), people.user("wrong")
    for user, algorithm in ((right, "ECDH"), (wrong, "OTHER")):
        only = {"StringEquals": {"kms:KeyAgreementAlgorithm": algorithm}}
        people.attach(user, people.statement("Allow", "kms:*", Condition=only))

    assert Kms(right)("DeriveSharedSecret", **params)
    with refused("AccessDeniedException"):
        Kms(wrong)("DeriveSharedSecret", **params)


def test_secrets_do_not_show(kms):
    made = kms("Encapsulate", KeyId=encapsulating(kms), **KEM)
    derived = kms("DeriveSharedSecret", KeyId=agreeing(kms), **asked("DeriveSharedSecret"))

    for answer in (made, derived):
        assert repr(answer.shared_secret) not in repr(answer)
