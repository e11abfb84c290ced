"""The Ed25519 key that signs checkpoints. It is stored sealed, under the root key.

Its public half follows from the sealed one, so nobody can put another in its place
without the root key; a copy is kept in STRONGROOM_HOME/audit/public-key.pem for those who
verify checkpoints elsewhere.
"""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audit import outside
from audit.digests import checkpoint_digest
from audit.models import Checkpoint, SigningKey
from sealing import vault

THE_ROW = 1
_SEALED_FOR = ("audit-signing-key", str(THE_ROW))


class SigningKeyMissing(Exception):
    """Checkpoints have been signed, but the key that signed them is gone."""


def sign(body: bytes) -> bytes:
    """The signature (64 bytes) over a checkpoint's body. Raises SigningKeyMissing."""
    return _opened(_row() or _made()).sign(checkpoint_digest(body))


def verify(key: Ed25519PublicKey, body: bytes, signature: bytes) -> None:
    """Raises cryptography's InvalidSignature."""
    key.verify(signature, checkpoint_digest(body))


def public_key() -> Ed25519PublicKey:
    """The key that verifies checkpoints. Raises SigningKeyMissing."""
    row = _row()
    if row is None:
        raise SigningKeyMissing
    return _opened(row).public_key()


def public_key_pem() -> bytes:
    return public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def exported() -> Path:
    """Where the public key's copy is."""
    return outside.directory() / "public-key.pem"


def export() -> None:
    """Write the public key's copy, unless there is one: a copy is evidence, not a cache."""
    if not exported().exists():
        outside.replace(exported(), public_key_pem())


def _row() -> SigningKey | None:
    return SigningKey.objects.filter(id=THE_ROW).first()


def _opened(row: SigningKey) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(
        vault.open_sealed("", "", bytes(row.sealed), *_SEALED_FOR)
    )


def _made() -> SigningKey:
    """The key, made on first use, by one process only."""
    if Checkpoint.objects.exists():
        raise SigningKeyMissing
    return SigningKey.objects.get_or_create(id=THE_ROW, defaults={"sealed": _sealed_new_key})[0]


def _sealed_new_key() -> bytes:
    return vault.seal("", "", Ed25519PrivateKey.generate().private_bytes_raw(), *_SEALED_FOR)
