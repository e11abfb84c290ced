"""The provider of keys in an external key store: encrypted here, and then once more out there.

As AWS does ("double encryption"): first under material that is made and kept here, as in
`crypto.software`, then by an XKS proxy with a key that never leaves its side. To decrypt
takes both. A body: version (1 byte, 0x01) ‖ length of the IV (1) ‖ IV ‖ tag (16) ‖ length of
the proxy's metadata (1) ‖ metadata ‖ ciphertext, which is the proxy's.

What is associated is bound by both. The proxy is given its SHA-256 in place of it: its
length is bounded, and an encryption context is nothing that a stranger has to read.
"""

from collections.abc import Callable
from hashlib import sha256

from crypto.envelope import KEY_BYTES
from crypto.errors import InvalidCiphertext, UnsupportedKeySpec, XksInvalidPlaintext
from crypto.keyring import Keyring
from crypto.provider import Cipher, Material, Provider, Request
from crypto.software import MOST_KEYS, SECONDS
from crypto.symmetric import SymmetricKey
from crypto.xks import Client, Encrypted
from crypto.xks.answers import IV_BYTES, MOST_METADATA, TAG_BYTES

_VERSION = b"\x01"
_SPEC = "SYMMETRIC_DEFAULT"


def material(key_id: str) -> bytes:
    """Fresh material for a key that the proxy knows as `key_id`.

    That is a part of it, so that nobody who changes what is stored leads a key to another.
    """
    return SymmetricKey.generate() + key_id.encode()


class ExternalProvider(Provider):
    """Of one external key store. Material made here stays open for at most five minutes."""

    def __init__(self, client: Callable[[], Client]) -> None:
        """`client` is asked for when a key is used, not before."""
        self._client = client
        self._opened: Keyring[tuple[SymmetricKey, str]] = Keyring(MOST_KEYS, SECONDS)

    def generate(self, spec: str) -> bytes:
        raise UnsupportedKeySpec("A key of an external key store is one that is there: `material`.")

    def forget(self, key_arn: str) -> None:
        self._opened.forget(key_arn)

    def encrypting(self, material: Material) -> Cipher:
        if material.spec != _SPEC or material.request is None:
            raise UnsupportedKeySpec(f"A proxy holds {_SPEC} keys, for a request that it is told.")
        inner, key_id = self._opened.get(
            (material.key_arn, material.id), lambda: _parted(material.unseal())
        )
        return _Double(inner, self._client(), key_id, material.key_arn, material.request)


def _parted(secret: bytes) -> tuple[SymmetricKey, str]:
    return SymmetricKey(secret[:KEY_BYTES]), secret[KEY_BYTES:].decode()


class _Double(Cipher):
    """Raises XksError."""

    def __init__(
        self, inner: Cipher, client: Client, key_id: str, key_arn: str, request: Request
    ) -> None:
        self._inner, self._client = inner, client
        self._key_id, self._key_arn, self._request = key_id, key_arn, request

    def encrypt(self, plaintext: bytes, associated: bytes) -> bytes:
        inner = self._inner.encrypt(plaintext, associated)
        digest = sha256(associated).digest()
        made = self._client.encrypt(self._key_id, inner, digest, self._request, self._key_arn)
        return _body(made)

    def decrypt(self, body: bytes, associated: bytes) -> bytes:
        made, digest = _parsed(body), sha256(associated).digest()
        inner = self._client.decrypt(self._key_id, made, digest, self._request, self._key_arn)
        try:
            return self._inner.decrypt(inner, associated)
        except InvalidCiphertext:
            raise XksInvalidPlaintext from None


def _body(made: Encrypted) -> bytes:
    sizes = bytes((len(made.iv),)), bytes((len(made.metadata),))
    parts = (_VERSION, sizes[0], made.iv, made.tag, sizes[1], made.metadata, made.ciphertext)
    return b"".join(parts)


def _parsed(body: bytes) -> Encrypted:
    """Raises InvalidCiphertext."""
    iv_ends = 2 + (body[1] if len(body) > 1 else 0)
    tag_ends = iv_ends + TAG_BYTES
    if body[:1] != _VERSION or iv_ends - 2 not in IV_BYTES or len(body) <= tag_ends:
        raise InvalidCiphertext
    metadata_ends = tag_ends + 1 + body[tag_ends]
    if body[tag_ends] > MOST_METADATA or len(body) < metadata_ends:
        raise InvalidCiphertext
    return Encrypted(
        ciphertext=body[metadata_ends:],
        iv=body[2:iv_ends],
        tag=body[iv_ends:tag_ends],
        metadata=body[tag_ends + 1 : metadata_ends],
    )
