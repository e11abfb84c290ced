"""AES-256-GCM around something that is stored: another key, a secret.

Sealed: version (1 byte, 0x01) ‖ nonce (12) ‖ ciphertext ‖ tag (16). The nonce is random
and never the caller's, so one key may seal at most 2**32 times (NIST SP 800-38D, 8.3).
What is sealed more often takes a key of its own each time: see `crypto.symmetric`.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.errors import CannotOpen, InvalidKeyMaterial
from crypto.nonces import nonce

KEY_BYTES = 32
_VERSION = b"\x01"
_NONCE_ENDS = 1 + 12
_SHORTEST = _NONCE_ENDS + 16


def associated(*fields: bytes | str) -> bytes:
    """Associated data from fields, each after its length (4 bytes, big-endian).

    No two lists of fields give the same bytes. Text counts as its UTF-8; a lone surrogate
    has none and raises UnicodeEncodeError.
    """
    parts = [field.encode() if isinstance(field, str) else field for field in fields]
    return b"".join([len(part).to_bytes(4, "big") + part for part in parts])


def seal(key: bytes, plaintext: bytes, associated: bytes) -> bytes:
    """`plaintext` sealed under `key` (32 bytes), 29 bytes longer than before."""
    drawn = nonce(12)
    return _VERSION + drawn + _aes_256(key).encrypt(drawn, plaintext, associated)


def open_sealed(key: bytes, sealed: bytes, associated: bytes) -> bytes:
    """What `seal` was given. Raises CannotOpen unless all three are what they were then."""
    if len(sealed) < _SHORTEST or sealed[:1] != _VERSION:
        raise CannotOpen("It is not in a form that this version seals in.")
    nonce, ciphertext = sealed[1:_NONCE_ENDS], sealed[_NONCE_ENDS:]
    try:
        return _aes_256(key).decrypt(nonce, ciphertext, associated)
    except InvalidTag:
        raise CannotOpen("It was altered, or sealed for something else.") from None


def _aes_256(key: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise InvalidKeyMaterial(f"An AES-256 key has {KEY_BYTES} bytes, not {len(key)}.")
    return AESGCM(key)
