"""Keys that do other things than encrypt, and what their operations are asked."""

from collections.abc import Callable
from typing import Any

from tests.keys.using import Kms

SIGNING = {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}
AGREEING = {"KeySpec": "ECC_NIST_P256", "KeyUsage": "KEY_AGREEMENT"}
ENCAPSULATING = {"KeySpec": "ML_KEM_768", "KeyUsage": "ENCAPSULATE_DECAPSULATE"}
AUTHENTICATING = {"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}
# the operations that are for keys of one usage
KINDS = {
    "Decapsulate": ENCAPSULATING,
    "DeriveSharedSecret": AGREEING,
    "Encapsulate": ENCAPSULATING,
    "GenerateMac": AUTHENTICATING,
    "GetPublicKey": SIGNING,
    "Sign": SIGNING,
    "Verify": SIGNING,
    "VerifyMac": AUTHENTICATING,
}


def asked(kms: Kms, key: str, operation: str) -> dict[str, Any]:
    """What an operation of KINDS is asked with `key`, which is still enabled."""
    message: dict[str, Any] = {"KeyId": key, "Message": b"x"}
    signing = {**message, "SigningAlgorithm": "ECDSA_SHA_256"}
    authenticating = {**message, "MacAlgorithm": "HMAC_SHA_256"}
    kem = {"KeyId": key, "EncapsulationAlgorithm": "ML_KEM"}
    makers: dict[str, Callable[[], dict[str, Any]]] = {
        "Decapsulate": lambda: {
            **kem,
            "SharedSecretCiphertextBlob": kms("Encapsulate", **kem).shared_secret_ciphertext_blob,
        },
        "DeriveSharedSecret": lambda: {
            "KeyId": key,
            "KeyAgreementAlgorithm": "ECDH",
            "PublicKey": kms("GetPublicKey", KeyId=key).public_key,
        },
        "Encapsulate": lambda: kem,
        "GenerateMac": lambda: authenticating,
        "GetPublicKey": lambda: {"KeyId": key},
        "Sign": lambda: signing,
        "Verify": lambda: {**signing, "Signature": kms("Sign", **signing).signature},
        "VerifyMac": lambda: {**authenticating, "Mac": kms("GenerateMac", **authenticating).mac},
    }
    return makers[operation]()
