"""The ciphertext that KMS Encrypt answers: it says itself which key material opens it.

A blob: version (1 byte, 0x01) ‖ kind of key id (1: 0x00 UUID, 0x01 multi-Region) ‖ key id
(16) ‖ material id (32) ‖ length of the body (4, big-endian) ‖ body, which only the key's
provider understands. All before the length is the header; header and encryption context
are associated data of the body.
"""

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from crypto.envelope import associated
from crypto.errors import InvalidCiphertext
from crypto.provider import Cipher

_VERSION = 1
_UUID, _MULTI_REGION = 0, 1
_HEADER = struct.Struct(">BB16s32s")
_LENGTH = struct.Struct(">I")
_BODY_STARTS = _HEADER.size + _LENGTH.size
_KEY_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}", re.ASCII)
_MATERIAL_ID = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Ciphertext:
    """A parsed blob; `bytes()` makes it one again.

    key_id       a UUID, or "mrk-" and 32 hex digits
    material_id  64 hex digits
    """

    key_id: str
    material_id: str
    body: bytes

    @classmethod
    def parse(cls, blob: bytes) -> "Ciphertext":
        """Raise InvalidCiphertext if `blob` is malformed or anything follows it."""
        try:
            version, kind, key_id, material_id = _HEADER.unpack_from(blob)
            (length,) = _LENGTH.unpack_from(blob, _HEADER.size)
        except struct.error:
            raise InvalidCiphertext from None
        if version != _VERSION or kind > _MULTI_REGION or len(blob) != _BODY_STARTS + length:
            raise InvalidCiphertext
        return cls(_key_id(kind, key_id.hex()), material_id.hex(), blob[_BODY_STARTS:])

    @property
    def header(self) -> bytes:
        return _header(self.key_id, self.material_id)

    def __bytes__(self) -> bytes:
        return self.header + _LENGTH.pack(len(self.body)) + self.body


def encrypt(
    cipher: Cipher, key_id: str, material_id: str, plaintext: bytes, context: Mapping[str, str]
) -> bytes:
    """The blob for `plaintext`: 99 bytes longer in software. `context` is AWS's EncryptionContext.

    Raises ValueError if an id is not in its form.
    """
    header = _header(key_id, material_id)
    body = cipher.encrypt(plaintext, header + canonical(context))
    return header + _LENGTH.pack(len(body)) + body


def decrypt(cipher: Cipher, ciphertext: Ciphertext, context: Mapping[str, str]) -> bytes:
    """The plaintext. Raises InvalidCiphertext."""
    return cipher.decrypt(ciphertext.body, ciphertext.header + canonical(context))


def canonical(context: Mapping[str, str]) -> bytes:
    """The encryption context as bytes: the same in whatever order it came, never for another.

    Raises UnicodeEncodeError for a lone surrogate.
    """
    return associated(*[text for pair in sorted(context.items()) for text in pair])


@lru_cache(maxsize=4096)
def _header(key_id: str, material_id: str) -> bytes:
    if not _KEY_ID.fullmatch(key_id) or not _MATERIAL_ID.fullmatch(material_id):
        raise ValueError(f"not the ids of a key and its material: {key_id!r}, {material_id!r}")
    kind = _MULTI_REGION if key_id.startswith("mrk-") else _UUID
    plain = bytes.fromhex(key_id.removeprefix("mrk-").replace("-", ""))
    return _HEADER.pack(_VERSION, kind, plain, bytes.fromhex(material_id))


def _key_id(kind: int, digits: str) -> str:
    if kind == _MULTI_REGION:
        return f"mrk-{digits}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
