"""The provider that keeps key material in this process, while it is in use."""

from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric import ec, mldsa, mlkem

from crypto.ecc import Ecc
from crypto.ed25519 import Ed25519
from crypto.envelope import KEY_BYTES
from crypto.errors import UnsupportedKeySpec
from crypto.hmac_key import HmacKey
from crypto.key_types import KeyType, Secret
from crypto.keyring import Keyring
from crypto.ml_dsa import MlDsa
from crypto.ml_kem import MlKem, MlKem512
from crypto.provider import (
    Agreement,
    Authenticator,
    Cipher,
    Decapsulator,
    Encapsulator,
    Material,
    PrivateCipher,
    Provider,
    PublicCipher,
    Signer,
    Verifier,
)
from crypto.rsa import Rsa
from crypto.symmetric import SymmetricKey

MOST_KEYS = 50_000
SECONDS = 300.0

C = TypeVar("C")


_KEY_TYPES: dict[str, KeyType] = {
    "SYMMETRIC_DEFAULT": Secret(KEY_BYTES, SymmetricKey),
    "HMAC_224": Secret(28, HmacKey),
    "HMAC_256": Secret(32, HmacKey),
    "HMAC_384": Secret(48, HmacKey),
    "HMAC_512": Secret(64, HmacKey),
    "RSA_2048": Rsa(2048),
    "RSA_3072": Rsa(3072),
    "RSA_4096": Rsa(4096),
    "ECC_NIST_P256": Ecc(ec.SECP256R1()),
    "ECC_NIST_P384": Ecc(ec.SECP384R1()),
    "ECC_NIST_P521": Ecc(ec.SECP521R1()),
    "ECC_SECG_P256K1": Ecc(ec.SECP256K1()),
    "ECC_NIST_EDWARDS25519": Ed25519(),
    "ML_DSA_44": MlDsa(mldsa.MLDSA44PrivateKey),
    "ML_DSA_65": MlDsa(mldsa.MLDSA65PrivateKey),
    "ML_DSA_87": MlDsa(mldsa.MLDSA87PrivateKey),
    "ML_KEM_512": MlKem512(),
    "ML_KEM_768": MlKem(mlkem.MLKEM768PrivateKey),
    "ML_KEM_1024": MlKem(mlkem.MLKEM1024PrivateKey),
}


class SoftwareProvider(Provider):
    """Material is the secret itself. It stays open for at most five minutes."""

    def __init__(self, most_keys: int = MOST_KEYS, seconds: float = SECONDS) -> None:
        self._opened: Keyring[Any] = Keyring(most_keys, seconds)

    def generate(self, spec: str) -> bytes:
        return _key_type(spec).generate()

    def accept(self, spec: str, secret: bytes) -> bytes:
        return _key_type(spec).accept(secret)

    def public_key(self, spec: str, material: bytes) -> bytes | None:
        return _key_type(spec).public_key(material)

    def forget(self, key_arn: str) -> None:
        self._opened.forget(key_arn)

    def encrypting(self, material: Material) -> Cipher:
        name = (material.key_arn, material.id)
        cipher: Cipher = self._opened.get(name, lambda: _open(material, Cipher))
        return cipher

    def encrypting_publicly(self, material: Material) -> PublicCipher:
        return self._public(material, PublicCipher)

    def decrypting_privately(self, material: Material) -> PrivateCipher:
        return self._private(material, PrivateCipher)

    def signing(self, material: Material) -> Signer:
        return self._private(material, Signer)

    def verifying(self, material: Material) -> Verifier:
        return self._public(material, Verifier)

    def authenticating(self, material: Material) -> Authenticator:
        return self._private(material, Authenticator)

    def agreeing(self, material: Material) -> Agreement:
        return self._private(material, Agreement)

    def encapsulating(self, material: Material) -> Encapsulator:
        return self._public(material, Encapsulator)

    def decapsulating(self, material: Material) -> Decapsulator:
        return self._private(material, Decapsulator)

    # What is held under a name has the name's capability.

    def _private(self, material: Material, capability: type[C]) -> C:
        name = (material.key_arn, material.id, capability)
        key: C = self._opened.get(name, lambda: _open(material, capability))
        return key

    def _public(self, material: Material, capability: type[C]) -> C:
        name = (material.key_arn, material.id, capability)
        key: C = self._opened.get(name, lambda: _open_public(material, capability))
        return key


def _open(material: Material, capability: type[C]) -> C:
    kind = _key_type(material.spec)
    _require(capability, kind.private, material)
    key: C = kind.open(material.unseal())
    return key


def _open_public(material: Material, capability: type[C]) -> C:
    kind = _key_type(material.spec)
    _require(capability, kind.public, material)
    key: C = kind.open_public(material.public or b"")
    return key


def _require(capability: type[Any], kind: type[Any], material: Material) -> None:
    if capability not in kind.__mro__:
        raise UnsupportedKeySpec(f"A {material.spec} key is no {capability.__name__}.")


def _key_type(spec: str) -> KeyType:
    try:
        return _KEY_TYPES[spec]
    except KeyError:
        raise UnsupportedKeySpec(f"There are no {spec} keys in software.") from None
