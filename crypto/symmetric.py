"""SYMMETRIC_DEFAULT: AES-256-GCM with a key of its own for each message.

A body: salt (16 random bytes) ‖ plaintext sealed (`crypto.envelope`) under the key that
`crypto.kdf` derives from the material and the salt. No number of messages wears the
material out, because no key is used for a second one.
"""

import os

from crypto.envelope import KEY_BYTES, open_sealed, seal
from crypto.errors import CannotOpen, InvalidCiphertext, InvalidKeyMaterial
from crypto.kdf import derive
from crypto.nonces import nonce
from crypto.provider import Cipher

SALT_BYTES = 16
_LABEL = b"strongroom message key"


class SymmetricKey(Cipher):
    """Opened key material of SYMMETRIC_DEFAULT."""

    __slots__ = ("_material",)

    def __init__(self, material: bytes) -> None:
        """Raise InvalidKeyMaterial unless `material` has 32 bytes."""
        if len(material) != KEY_BYTES:
            raise InvalidKeyMaterial(f"Symmetric key material has {KEY_BYTES} bytes.")
        self._material = material

    @staticmethod
    def generate() -> bytes:
        """Fresh material."""
        return os.urandom(KEY_BYTES)

    def encrypt(self, plaintext: bytes, associated: bytes) -> bytes:
        """A body, 45 bytes longer than `plaintext`."""
        salt = nonce(SALT_BYTES)
        return salt + seal(self.message_key(salt), plaintext, associated)

    def decrypt(self, body: bytes, associated: bytes) -> bytes:
        """What `encrypt` was given. Raises InvalidCiphertext."""
        salt, sealed = body[:SALT_BYTES], body[SALT_BYTES:]
        try:
            return open_sealed(self.message_key(salt), sealed, associated)
        except CannotOpen:
            raise InvalidCiphertext from None

    def message_key(self, salt: bytes, label: bytes = _LABEL) -> bytes:
        """The key of one message; for another purpose, with a `label` of its own."""
        return derive(self._material, label, salt)
