"""What the house asks of whatever holds key material: this process, a token, another service.

Each thing that can be done with a key is a capability: a protocol, and a method of
`Provider` that gives one for a material. A provider overrides the capabilities it has;
any other is refused. So a capability is added here without touching a provider, and a
provider without touching a capability.

Key material is bytes to the rest of the house, which stores them sealed and hands them
back through `Material.unseal`. Only their provider knows what they are: the secret itself
in software, a handle on a token that the secret never leaves.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from crypto.errors import UnsupportedKeySpec
from crypto.kdf import derive

if TYPE_CHECKING:
    from crypto.xks.answers import Encrypted

_ID_LABEL = b"strongroom material id"


@dataclass(frozen=True, slots=True)
class Request:
    """The request that material is used for, as a provider may have to tell another service.

    operation  AWS's name of it, "Encrypt"
    principal  the ARN of who asks, or the name of a service
    via        what asks on his behalf, as in kms:ViaService; empty for a direct call
    """

    operation: str
    id: str
    principal: str = ""
    via: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """One key material of a KMS key. A key that was rotated has several.

    spec      AWS's KeySpec, "SYMMETRIC_DEFAULT"
    id        AWS's KeyMaterialId: 64 hex digits, see `material_id`
    unseal    opens what is stored; called only when the provider has not got it open
    request   what it is used for; only where the key is held elsewhere, see `Request`
    """

    key_arn: str
    id: str
    spec: str
    unseal: Callable[[], bytes] = field(repr=False, compare=False)
    request: Request | None = field(default=None, compare=False)


class Cipher(Protocol):
    """The capability to encrypt with associated data (KMS Encrypt with SYMMETRIC_DEFAULT)."""

    def encrypt(self, plaintext: bytes, associated: bytes) -> bytes:
        """A ciphertext that only `decrypt` need understand, with a nonce of its own."""
        ...

    def decrypt(self, body: bytes, associated: bytes) -> bytes:
        """What `encrypt` was given. Raises InvalidCiphertext."""
        ...


class ExternalKey(Protocol):
    """The capability to be the key behind an XKS proxy: AES-GCM in the parts that it answers."""

    def encrypt(self, plaintext: bytes, associated: bytes, hint: bytes) -> "Encrypted":
        """`associated` has at most 65,535 bytes. `hint` (4 bytes) ends the metadata."""
        ...

    def decrypt(self, encrypted: "Encrypted", associated: bytes) -> bytes:
        """What `encrypt` was given. Raises InvalidCiphertext."""
        ...


class Provider(ABC):
    """Makes key material, and does with it what it has the capabilities for."""

    @abstractmethod
    def generate(self, spec: str) -> bytes:
        """Fresh material of the spec. Raises UnsupportedKeySpec."""

    @abstractmethod
    def forget(self, key_arn: str) -> None:
        """Keep nothing of the key open in this process: it was deleted, or its material was."""

    def random(self, count: int) -> bytes:
        """Random bytes for a data key, from where the key material is."""
        return os.urandom(count)

    def destroy(self, material: Material) -> None:  # noqa: B027 - most have nothing to do
        """Destroy what the material is a handle on, for good. Raises MaterialUnavailable.

        Material that is the secret itself is gone with what is stored of it.
        """

    def encrypting(self, material: Material) -> Cipher:
        """Raises UnsupportedKeySpec, and what `material.unseal` raises."""
        raise UnsupportedKeySpec(f"{type(self).__name__} cannot encrypt with {material.spec}.")

    def serving(self, material: Material) -> ExternalKey:
        """Raises UnsupportedKeySpec, and what `material.unseal` raises."""
        raise UnsupportedKeySpec(f"{type(self).__name__} keeps no keys for XKS proxies.")


def material_id(key_id: str, material: bytes) -> str:
    """The id of `material` as one of the key's: 64 hex digits, derived from both.

    The same material gives the same id whenever it comes back to the key, so that a second
    import of other bytes is noticed, and in every region a multi-Region key is in. Under
    another key it has another id: nobody sees that two keys share material.
    """
    return derive(material, _ID_LABEL, key_id.encode()).hex()
