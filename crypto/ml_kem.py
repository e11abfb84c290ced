"""ML-KEM, as FIPS 203 has it. Private keys are kept as their seeds (RFC 9935).

`cryptography` has no ML-KEM-512; pycryptodome has. Both write keys in the same form. The
latter is loaded when it is asked for: that takes a tenth of a process's start, and few ask.
"""

from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.mlkem import (
    MLKEM768PrivateKey,
    MLKEM768PublicKey,
    MLKEM1024PrivateKey,
    MLKEM1024PublicKey,
)

from crypto.errors import InvalidCiphertext, InvalidKeyMaterial
from crypto.key_types import KeyType, Pairs
from crypto.provider import Decapsulator, Encapsulator

if TYPE_CHECKING:
    from Crypto.PublicKey.MLKEM import MLKEMKey

_Private = MLKEM768PrivateKey | MLKEM1024PrivateKey
_Public = MLKEM768PublicKey | MLKEM1024PublicKey
_SEQUENCE = b"\x30"  # the first byte of a key in DER


class MlKemPrivateKey(Decapsulator):
    """An opened private key."""

    def __init__(self, key: _Private) -> None:
        self._key = key

    def decapsulate(self, ciphertext: bytes) -> bytes:
        try:
            return self._key.decapsulate(ciphertext)
        except ValueError:
            raise InvalidCiphertext from None


class MlKemPublicKey(Encapsulator):
    """An opened public key."""

    def __init__(self, key: _Public) -> None:
        self._key = key

    def encapsulate(self) -> tuple[bytes, bytes]:
        return self._key.encapsulate()


class MlKem(Pairs[_Private]):
    """Keys of one parameter set, which `kind` makes."""

    private = MlKemPrivateKey
    public = MlKemPublicKey

    def __init__(self, kind: type[_Private]) -> None:
        self._kind = kind

    def _new(self) -> _Private:
        return self._kind.generate()

    def _has(self, key: object) -> bool:
        return isinstance(key, self._kind)


class MlKem512Key(Encapsulator, Decapsulator):
    """An opened key, which decapsulates only if it is the private one.

    pycryptodome offers both only to its own HPKE so far, under these names.
    """

    def __init__(self, key: "MLKEMKey") -> None:
        self._key = key

    def encapsulate(self) -> tuple[bytes, bytes]:
        return self._key._encaps()

    def decapsulate(self, ciphertext: bytes) -> bytes:
        try:
            return self._key._decaps(ciphertext)
        except ValueError:
            raise InvalidCiphertext from None


class MlKem512(KeyType):
    """Keys of ML-KEM-512."""

    private = MlKem512Key
    public = MlKem512Key

    def generate(self) -> bytes:
        from Crypto.PublicKey import MLKEM

        return MLKEM.generate(param_set=MLKEM.ML_KEM_512).export_key()

    def accept(self, secret: bytes) -> bytes:
        """Raises InvalidKeyMaterial, also for a private key without its seed."""
        from Crypto.PublicKey import MLKEM

        try:
            key = MLKEM.import_key(secret) if secret.startswith(_SEQUENCE) else None
            if key is not None and key.param_set is MLKEM.ML_KEM_512:
                return MLKEM.construct(param_set=MLKEM.ML_KEM_512, seed=key.seed).export_key()
        except (ValueError, IndexError):  # its reader of DER runs past the end of some
            pass
        raise InvalidKeyMaterial("It is not a private key of the spec in PKCS #8.")

    def public_key(self, material: bytes) -> bytes | None:
        return _imported(material).public_key().export_key()

    def open(self, material: bytes) -> Any:
        return MlKem512Key(_imported(material))

    def open_public(self, public: bytes) -> Any:
        return MlKem512Key(_imported(public))


def _imported(key: bytes) -> "MLKEMKey":
    from Crypto.PublicKey import MLKEM

    return MLKEM.import_key(key)
