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
from typing import Protocol

from crypto.errors import UnsupportedKeySpec
from crypto.kdf import derive

# AWS's MessageType
RAW, DIGEST, EXTERNAL_MU = "RAW", "DIGEST", "EXTERNAL_MU"

_ID_LABEL = b"strongroom material id"


@dataclass(frozen=True, slots=True)
class Material:
    """One key material of a KMS key. A key that was rotated has several.

    spec      AWS's KeySpec, "SYMMETRIC_DEFAULT"
    id        AWS's KeyMaterialId: 64 hex digits, see `material_id`
    unseal    opens what is stored; called only when the provider has not got it open
    public    the public key (DER, SubjectPublicKeyInfo) of an asymmetric key
    """

    key_arn: str
    id: str
    spec: str
    unseal: Callable[[], bytes] = field(repr=False, compare=False)
    public: bytes | None = field(default=None, repr=False)


class Cipher(Protocol):
    """The capability to encrypt with associated data (KMS Encrypt with SYMMETRIC_DEFAULT)."""

    def encrypt(self, plaintext: bytes, associated: bytes) -> bytes:
        """A ciphertext that only `decrypt` need understand, with a nonce of its own."""
        ...

    def decrypt(self, body: bytes, associated: bytes) -> bytes:
        """What `encrypt` was given. Raises InvalidCiphertext."""
        ...


class PublicCipher(Protocol):
    """The capability to encrypt with a public key. `algorithm`: AWS's EncryptionAlgorithm."""

    def encrypt(self, plaintext: bytes, algorithm: str) -> bytes:
        """A ciphertext in the algorithm's standard form. Raises ValueError if it is too long."""
        ...


class PrivateCipher(Protocol):
    """The capability to decrypt what was encrypted with the public key, here or elsewhere."""

    def decrypt(self, ciphertext: bytes, algorithm: str) -> bytes:
        """Raises InvalidCiphertext."""
        ...


class Signer(Protocol):
    """The capability to sign.

    algorithm     AWS's SigningAlgorithm
    message_type  AWS's MessageType: whether `message` is one, or what was made of it
    """

    def sign(self, message: bytes, algorithm: str, message_type: str) -> bytes:
        """A signature in the algorithm's standard form (ECDSA: DER)."""
        ...


class Verifier(Protocol):
    """The capability to verify signatures with the public key."""

    def verify(self, signature: bytes, message: bytes, algorithm: str, message_type: str) -> None:
        """Raises InvalidSignature."""
        ...


class Authenticator(Protocol):
    """The capability to make and verify MACs. `algorithm`: AWS's MacAlgorithm."""

    def mac(self, message: bytes, algorithm: str) -> bytes: ...

    def verify_mac(self, mac: bytes, message: bytes, algorithm: str) -> None:
        """Raises InvalidMac."""
        ...


class Agreement(Protocol):
    """The capability to agree upon a secret with the owner of another key pair (ECDH)."""

    def agree(self, public: bytes) -> bytes:
        """The raw secret. `public`: the other's public key. Raises InvalidPublicKey."""
        ...


class Encapsulator(Protocol):
    """The capability to make a secret that the private key's owner can learn (ML-KEM)."""

    def encapsulate(self) -> tuple[bytes, bytes]:
        """A new secret, and its ciphertext."""
        ...


class Decapsulator(Protocol):
    """The capability to learn a secret from its ciphertext."""

    def decapsulate(self, ciphertext: bytes) -> bytes:
        """The secret; another one if the ciphertext was not made for this key.

        Raises InvalidCiphertext only if the ciphertext has not the right length.
        """
        ...


class Provider(ABC):
    """Makes key material, and does with it what it has the capabilities for.

    What is done with a public key rests on `Material.public` alone: nothing is unsealed.
    Capabilities raise UnsupportedKeySpec, and what `material.unseal` raises.
    """

    @abstractmethod
    def generate(self, spec: str) -> bytes:
        """Fresh material of the spec. Raises UnsupportedKeySpec.

        An RSA key takes up to seconds: not within a transaction that others wait for.
        """

    @abstractmethod
    def forget(self, key_arn: str) -> None:
        """Keep nothing of the key open in this process: it was deleted, or its material was."""

    def accept(self, spec: str, secret: bytes) -> bytes:
        """Material out of a secret that was made elsewhere, in the form it is kept in.

        A private key comes as PKCS #8 (DER), a symmetric key as its bytes. Raises
        InvalidKeyMaterial if it is not of the spec, UnsupportedKeySpec.
        """
        raise self._refusal("take in material of", spec)

    def public_key(self, spec: str, material: bytes) -> bytes | None:
        """The public key (DER, SubjectPublicKeyInfo) of material; None of a symmetric key."""
        return None

    def random(self, count: int) -> bytes:
        """Random bytes for a data key, from where the key material is."""
        return os.urandom(count)

    def destroy(self, material: Material) -> None:  # noqa: B027 - most have nothing to do
        """Destroy what the material is a handle on, for good. Raises MaterialUnavailable.

        Material that is the secret itself is gone with what is stored of it.
        """

    def encrypting(self, material: Material) -> Cipher:
        raise self._refusal("encrypt with", material.spec)

    def encrypting_publicly(self, material: Material) -> PublicCipher:
        raise self._refusal("encrypt publicly with", material.spec)

    def decrypting_privately(self, material: Material) -> PrivateCipher:
        raise self._refusal("decrypt privately with", material.spec)

    def signing(self, material: Material) -> Signer:
        raise self._refusal("sign with", material.spec)

    def verifying(self, material: Material) -> Verifier:
        raise self._refusal("verify with", material.spec)

    def authenticating(self, material: Material) -> Authenticator:
        raise self._refusal("make MACs with", material.spec)

    def agreeing(self, material: Material) -> Agreement:
        raise self._refusal("agree upon secrets with", material.spec)

    def encapsulating(self, material: Material) -> Encapsulator:
        raise self._refusal("encapsulate with", material.spec)

    def decapsulating(self, material: Material) -> Decapsulator:
        raise self._refusal("decapsulate with", material.spec)

    def _refusal(self, action: str, spec: str) -> UnsupportedKeySpec:
        return UnsupportedKeySpec(f"{type(self).__name__} cannot {action} {spec}.")


def material_id(key_id: str, material: bytes) -> str:
    """The id of `material` as one of the key's: 64 hex digits, derived from both.

    The same material gives the same id whenever it comes back to the key, so that a second
    import of other bytes is noticed, and in every region a multi-Region key is in. Under
    another key it has another id: nobody sees that two keys share material.
    """
    return derive(material, _ID_LABEL, key_id.encode()).hex()
