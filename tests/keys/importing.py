"""Key material as a customer brings it: wrapped with what GetParametersForImport gave."""

import os
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tests.keys.using import Kms

SECRET = bytes(range(32))
OTHER = bytes(range(32, 64))
NEVER = {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}
DIRECT = {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}


def wrapped(public: bytes, algorithm: str, secret: bytes) -> bytes:
    """`secret` under the wrapping key, in the way that AWS calls `algorithm`."""
    key: Any = load_der_public_key(public)
    hashed = SHA1 if algorithm.endswith("SHA_1") else SHA256
    padding = OAEP(MGF1(hashed()), hashed(), None)
    if algorithm.startswith("RSAES"):
        return bytes(key.encrypt(secret, padding))
    aes_key = os.urandom(32)
    return bytes(key.encrypt(aes_key, padding)) + aes_key_wrap_with_padding(aes_key, secret)


def parcel(kms: Kms, key: str, secret: bytes = SECRET, **parameters: str) -> dict[str, Any]:
    """What ImportKeyMaterial is asked with for `secret`; it never expires."""
    asked = {**DIRECT, **parameters}
    got = kms("GetParametersForImport", KeyId=key, **asked)
    content = wrapped(got.public_key, asked["WrappingAlgorithm"], secret)
    token = {"ImportToken": got.import_token, "EncryptedKeyMaterial": content}
    return {"KeyId": key, **token, **NEVER}


def bring(kms: Kms, key: str, secret: bytes = SECRET, **params: Any) -> str:
    """Import `secret`; its id. With ValidTo among `params` it expires."""
    asked = {**parcel(kms, key, secret), **params}
    if "ValidTo" in params:
        del asked["ExpirationModel"]
    made: str = kms("ImportKeyMaterial", **asked).key_material_id
    return made


def imported(kms: Kms, secret: bytes = SECRET, **params: Any) -> str:
    """The id of a key that holds `secret`."""
    key: str = kms.create(Origin="EXTERNAL", **params).key_id
    bring(kms, key, secret)
    return key
