"""Ed25519 and Ed25519ph, as RFC 8032 has them.

With ED25519_PH_SHA_512 AWS hashes what it is given, though that is a digest already: here
too, so that signatures are the same. `cryptography` has no Ed25519ph; pycryptodome has. It
is loaded when it is asked for: that takes a tenth of a process's start, and few ask.
"""

from cryptography import exceptions
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from crypto.errors import InvalidSignature
from crypto.key_types import Pairs
from crypto.provider import Signer, Verifier

PREHASHED = "ED25519_PH_SHA_512"


class EdPrivateKey(Signer):
    """An opened private key. The algorithm says all, whatever the message type."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    def sign(self, message: bytes, algorithm: str, message_type: str) -> bytes:
        if algorithm == PREHASHED:
            return _sign_prehashed(self._key, message)
        return self._key.sign(message)


class EdPublicKey(Verifier):
    """An opened public key."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    def verify(self, signature: bytes, message: bytes, algorithm: str, message_type: str) -> None:
        try:
            if algorithm == PREHASHED:
                _verify_prehashed(self._key, signature, message)
            else:
                self._key.verify(signature, message)
        except (exceptions.InvalidSignature, ValueError):
            raise InvalidSignature from None


class Ed25519(Pairs[Ed25519PrivateKey]):
    """Ed25519 keys."""

    private = EdPrivateKey
    public = EdPublicKey

    def _new(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.generate()

    def _has(self, key: object) -> bool:
        return isinstance(key, Ed25519PrivateKey)


def _sign_prehashed(key: Ed25519PrivateKey, message: bytes) -> bytes:
    from Crypto.Hash import SHA512
    from Crypto.Signature import eddsa

    private = eddsa.import_private_key(key.private_bytes_raw())
    return eddsa.new(private, "rfc8032").sign(SHA512.new(message))


def _verify_prehashed(key: Ed25519PublicKey, signature: bytes, message: bytes) -> None:
    """Raises ValueError."""
    from Crypto.Hash import SHA512
    from Crypto.Signature import eddsa

    public = eddsa.import_public_key(key.public_bytes_raw())
    eddsa.new(public, "rfc8032").verify(SHA512.new(message), signature)
