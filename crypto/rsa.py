"""RSA: OAEP, PSS and PKCS #1 v1.5, as RFC 8017 has them.

OAEP's mask is made with the algorithm's hash and has no label; the salt of PSS is as long
as the hash. Another reader has to be told so: neither is the standard's default.
"""

from cryptography import exceptions
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)

from crypto.errors import InvalidCiphertext, InvalidSignature
from crypto.hashing import for_message, hash_of
from crypto.key_types import Pairs
from crypto.provider import PrivateCipher, PublicCipher, Signer, Verifier

_EXPONENT = 65537
_LONGEST_EXPONENT = 64  # bits


class RsaPrivateKey(Signer, PrivateCipher):
    """An opened private key."""

    def __init__(self, key: RSAPrivateKey) -> None:
        self._key = key

    def sign(self, message: bytes, algorithm: str, message_type: str) -> bytes:
        hashing = for_message(algorithm, message_type)
        return self._key.sign(message, _signing(algorithm), hashing)

    def decrypt(self, ciphertext: bytes, algorithm: str) -> bytes:
        try:
            return self._key.decrypt(ciphertext, _encrypting(algorithm))
        except ValueError:
            raise InvalidCiphertext from None


class RsaPublicKey(Verifier, PublicCipher):
    """An opened public key."""

    def __init__(self, key: RSAPublicKey) -> None:
        self._key = key

    def verify(self, signature: bytes, message: bytes, algorithm: str, message_type: str) -> None:
        hashing = for_message(algorithm, message_type)
        try:
            self._key.verify(signature, message, _signing(algorithm), hashing)
        except exceptions.InvalidSignature:
            raise InvalidSignature from None

    def encrypt(self, plaintext: bytes, algorithm: str) -> bytes:
        return self._key.encrypt(plaintext, _encrypting(algorithm))


class Rsa(Pairs[RSAPrivateKey]):
    """RSA keys of so many bits."""

    private = RsaPrivateKey
    public = RsaPublicKey

    def __init__(self, bits: int) -> None:
        self._bits = bits

    def _new(self) -> RSAPrivateKey:
        return generate_private_key(_EXPONENT, self._bits)

    def _has(self, key: object) -> bool:
        return isinstance(key, RSAPrivateKey) and key.key_size == self._bits and _is_sound(key)


def _is_sound(key: RSAPrivateKey) -> bool:
    """Whether neither prime is short enough to be found, and OpenSSL reckons with the public
    exponent at every length of key."""
    numbers = key.private_numbers()
    shortest = min(numbers.p.bit_length(), numbers.q.bit_length())
    exponent = numbers.public_numbers.e.bit_length()
    return shortest * 3 >= key.key_size and exponent <= _LONGEST_EXPONENT


def _signing(algorithm: str) -> padding.AsymmetricPadding:
    if algorithm.startswith("RSASSA_PKCS1_V1_5_"):
        return PKCS1v15()
    hashing = hash_of(algorithm)
    return PSS(MGF1(hashing), hashing.digest_size)


def _encrypting(algorithm: str) -> OAEP:
    hashing = hash_of(algorithm)
    return OAEP(MGF1(hashing), hashing, None)
