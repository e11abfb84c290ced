"""The other side of `crypto.xks`: key material of ours as the key behind an XKS proxy.

AES-256-GCM with a key of its own for each message, as in `crypto.symmetric`, but derived for
this purpose alone: no proxy opens what KMS encrypted. The ciphertext's metadata are the salt
(16 bytes) and a hint at the material (4). After the specification the associated data are
2-byte length ‖ associated data ‖ 1-byte length ‖ metadata.
"""

import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.errors import InvalidCiphertext
from crypto.nonces import nonce
from crypto.symmetric import SALT_BYTES, SymmetricKey
from crypto.xks.answers import MOST_METADATA, TAG_BYTES, Encrypted

HINT_BYTES = MOST_METADATA - SALT_BYTES
MOST_ASSOCIATED = 2**16 - 1  # bytes
_IV_BYTES = 12
_LABEL = b"strongroom xks message key"


class HeldKey:
    """A `crypto.provider.ExternalKey`."""

    __slots__ = ("_key",)

    def __init__(self, key: SymmetricKey) -> None:
        self._key = key

    def encrypt(self, plaintext: bytes, associated: bytes, hint: bytes) -> Encrypted:
        metadata, iv = nonce(SALT_BYTES) + hint, nonce(_IV_BYTES)
        made = self._cipher(metadata).encrypt(iv, plaintext, _bound(associated, metadata))
        return Encrypted(made[:-TAG_BYTES], iv, made[-TAG_BYTES:], metadata)

    def decrypt(self, encrypted: Encrypted, associated: bytes) -> bytes:
        cipher = self._cipher(encrypted.metadata)
        bound = _bound(associated, encrypted.metadata)
        try:
            return cipher.decrypt(encrypted.iv, encrypted.ciphertext + encrypted.tag, bound)
        except InvalidTag:
            raise InvalidCiphertext from None

    def _cipher(self, metadata: bytes) -> AESGCM:
        return AESGCM(self._key.message_key(metadata[:SALT_BYTES], _LABEL))


def hint_at(material_id: str) -> bytes:
    """What tells the material from nearly every other of its key."""
    return bytes.fromhex(material_id)[:HINT_BYTES]


def hint_in(encrypted: Encrypted) -> bytes:
    return encrypted.metadata[SALT_BYTES:]


def _bound(associated: bytes, metadata: bytes) -> bytes:
    lengths = struct.pack(">H", len(associated)), struct.pack(">B", len(metadata))
    return b"".join((lengths[0], associated, lengths[1], metadata))
