"""ML-DSA, as FIPS 204 has it: hedged signatures with an empty context.

With EXTERNAL_MU the message is the 64-byte representative that the signer would compute.
"""

from cryptography import exceptions
from cryptography.hazmat.primitives.asymmetric.mldsa import (
    MLDSA44PrivateKey,
    MLDSA44PublicKey,
    MLDSA65PrivateKey,
    MLDSA65PublicKey,
    MLDSA87PrivateKey,
    MLDSA87PublicKey,
)

from crypto.errors import InvalidSignature
from crypto.key_types import Pairs
from crypto.provider import EXTERNAL_MU, Signer, Verifier

_Private = MLDSA44PrivateKey | MLDSA65PrivateKey | MLDSA87PrivateKey
_Public = MLDSA44PublicKey | MLDSA65PublicKey | MLDSA87PublicKey


class MlDsaPrivateKey(Signer):
    """An opened private key."""

    def __init__(self, key: _Private) -> None:
        self._key = key

    def sign(self, message: bytes, algorithm: str, message_type: str) -> bytes:
        if message_type == EXTERNAL_MU:
            return self._key.sign_mu(message)
        return self._key.sign(message)


class MlDsaPublicKey(Verifier):
    """An opened public key."""

    def __init__(self, key: _Public) -> None:
        self._key = key

    def verify(self, signature: bytes, message: bytes, algorithm: str, message_type: str) -> None:
        try:
            if message_type == EXTERNAL_MU:
                self._key.verify_mu(signature, message)
            else:
                self._key.verify(signature, message)
        except exceptions.InvalidSignature:
            raise InvalidSignature from None


class MlDsa(Pairs[_Private]):
    """Keys of one parameter set, which `kind` makes."""

    private = MlDsaPrivateKey
    public = MlDsaPublicKey

    def __init__(self, kind: type[_Private]) -> None:
        self._kind = kind

    def _new(self) -> _Private:
        return self._kind.generate()

    def _has(self, key: object) -> bool:
        return isinstance(key, self._kind)
