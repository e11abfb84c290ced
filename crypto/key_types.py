"""What a spec needs to have keys in software: how they are made, taken in, kept and opened.

A private key is kept as PKCS #8, a public key as SubjectPublicKeyInfo, both in DER and as
`cryptography` writes them: in whatever form a key was imported, it is kept in one.
"""

import os
from abc import ABC, abstractmethod
from typing import Any, Generic, Protocol, TypeVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)

from crypto.errors import InvalidKeyMaterial


class KeyType(ABC):
    """The keys of one spec.

    private, public   the classes of its opened keys; their bases are the capabilities they
                      have. A symmetric key has no public one.
    """

    private: type[Any]
    public: type[Any] = object

    @abstractmethod
    def generate(self) -> bytes:
        """Fresh material."""

    @abstractmethod
    def accept(self, secret: bytes) -> bytes:
        """Material out of what a user imports. Raises InvalidKeyMaterial."""

    def public_key(self, material: bytes) -> bytes | None:
        return None

    @abstractmethod
    def open(self, material: bytes) -> Any:
        """A `private`."""

    def open_public(self, public: bytes) -> Any:
        return self.public(load_der_public_key(public))


class Secret(KeyType):
    """Symmetric keys, whose material is so many random bytes."""

    def __init__(self, length: int, private: type[Any]) -> None:
        self._length = length
        self.private = private

    def generate(self) -> bytes:
        return os.urandom(self._length)

    def accept(self, secret: bytes) -> bytes:
        if len(secret) != self._length:
            raise InvalidKeyMaterial(f"Key material of the spec has {self._length} bytes.")
        return secret

    def open(self, material: bytes) -> Any:
        return self.private(self.accept(material))


class PrivateHalf(Protocol):
    """A private key of `cryptography`."""

    def public_key(self) -> Any: ...

    def private_bytes(
        self,
        encoding: Encoding,
        format: PrivateFormat,  # noqa: A002
        encryption_algorithm: NoEncryption,
    ) -> bytes: ...


P = TypeVar("P", bound=PrivateHalf)


class Pairs(KeyType, Generic[P]):
    """Key pairs of `cryptography`."""

    @abstractmethod
    def _new(self) -> P:
        """A fresh private key."""

    @abstractmethod
    def _has(self, key: object) -> bool:
        """Whether a private key is of the spec."""

    def generate(self) -> bytes:
        return _written(self._new())

    def accept(self, secret: bytes) -> bytes:
        """Checks that the parts of an RSA key belong together, which takes half a second."""
        try:
            key = load_der_private_key(secret, None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if key is None or not self._has(key):
            raise InvalidKeyMaterial("It is not a private key of the spec in PKCS #8.")
        return _written(key)

    def public_key(self, material: bytes) -> bytes | None:
        public: bytes = (
            _read(material)
            .public_key()
            .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        )
        return public

    def open(self, material: bytes) -> Any:
        return self.private(_read(material))


def _written(key: PrivateHalf) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _read(material: bytes) -> Any:
    # it was checked when it was made or taken in, and was sealed since
    return load_der_private_key(material, None, unsafe_skip_rsa_key_validation=True)
