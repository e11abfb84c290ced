"""Key material on its way in: wrapped with an RSA key that was made for this one journey.

Two ways, named as AWS names them:

RSAES_OAEP_SHA_…        the material itself, encrypted with RSA-OAEP (RFC 8017, 7.1)
RSA_AES_KEY_WRAP_SHA_…  an AES key encrypted so, then the material under it (AES-KWP, RFC
                        5649), one after the other: PKCS#11's CKM_RSA_AES_KEY_WRAP

The hash is that of the name for OAEP and for its MGF1 alike; there is no label.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap_with_padding
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from crypto.errors import InvalidCiphertext

DIRECT_SHA_1, DIRECT_SHA_256 = "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"
AES_SHA_1, AES_SHA_256 = "RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256"
ALGORITHMS: Mapping[str, tuple[type[HashAlgorithm], bool]] = MappingProxyType(
    {
        DIRECT_SHA_1: (SHA1, False),
        DIRECT_SHA_256: (SHA256, False),
        AES_SHA_1: (SHA1, True),
        AES_SHA_256: (SHA256, True),
    }
)
BITS: Mapping[str, int] = MappingProxyType({"RSA_2048": 2048, "RSA_3072": 3072, "RSA_4096": 4096})
_AES_BYTES = 32
_EXPONENT = 65537


def generate(spec: str) -> tuple[bytes, bytes]:
    """A wrapping key of the spec (one of `BITS`): private (PKCS #8) and public (SPKI), as DER."""
    key = rsa.generate_private_key(_EXPONENT, BITS[spec])
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return private, public


def unwrap(private: bytes, algorithm: str, wrapped: bytes) -> bytes:
    """The material that `wrapped` holds. Raises InvalidCiphertext if it was made otherwise."""
    # it was made here, and was sealed since
    loaded = load_der_private_key(private, None, unsafe_skip_rsa_key_validation=True)
    key = cast(rsa.RSAPrivateKey, loaded)
    hashed, has_aes_key = ALGORITHMS[algorithm]
    if not has_aes_key:
        return _decrypted(key, hashed, wrapped)
    size = key.key_size // 8
    aes_key = _decrypted(key, hashed, wrapped[:size])
    if len(aes_key) != _AES_BYTES:
        raise InvalidCiphertext
    try:
        return aes_key_unwrap_with_padding(aes_key, wrapped[size:])
    except InvalidUnwrap:
        raise InvalidCiphertext from None


def _decrypted(key: rsa.RSAPrivateKey, hashed: type[HashAlgorithm], wrapped: bytes) -> bytes:
    try:
        return key.decrypt(wrapped, OAEP(MGF1(hashed()), hashed(), None))
    except ValueError:  # also where it is not as long as the key
        raise InvalidCiphertext from None
