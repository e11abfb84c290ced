"""Ed25519 and Ed25519ph, as RFC 8032 has them.

With ED25519_PH_SHA_512 AWS hashes what it is given, though that is a digest already: here
too, so that signatures are the same. `cryptography` has no Ed25519ph; pycryptodome has.
"""

from Crypto.Hash import SHA512
from Crypto.Signature import eddsa
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
        private = eddsa.import_private_key(key.private_bytes_raw())
        self._prehashing = eddsa.new(private, "rfc8032")

    def sign(self, message: bytes, algorithm: str, message_type: str) -> bytes:
        if algorithm == PREHASHED:
            return self._prehashing.sign(SHA512.new(message))
        return self._key.sign(message)


class EdPublicKey(Verifier):
    """An opened public key."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key
        public = eddsa.import_public_key(key.public_bytes_raw())
        self._prehashing = eddsa.new(public, "rfc8032")

    def verify(self, signature: bytes, message: bytes, algorithm: str, message_type: str) -> None:
        try:
            if algorithm == PREHASHED:
                self._prehashing.verify(SHA512.new(message), signature)
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
