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

from crypto.errors import InvalidCiphertext, UnsupportedKeySpec, XksInvalidPlaintext
from crypto.provider import Cipher, Material, Provider, Request
from crypto.xks import Client, Encrypted
from crypto.xks.answers import IV_BYTES, MOST_METADATA, TAG_BYTES

_VERSION = b"\x01"


class ExternalProvider(Provider):
    """Of one key: the proxy's with the id `key_id`. `inner` keeps the material made here."""

    def __init__(self, inner: Provider, client: Callable[[], Client], key_id: str) -> None:
        """`client` is asked for when a key is used, not before."""
        self._inner, self._client, self._key_id = inner, client, key_id

    def generate(self, spec: str) -> bytes:
        return self._inner.generate(spec)

    def forget(self, key_arn: str) -> None:
        self._inner.forget(key_arn)

    def encrypting(self, material: Material) -> Cipher:
        if material.request is None:
            raise UnsupportedKeySpec("A proxy is asked in the name of a request only.")
        inner = self._inner.encrypting(material)
        return _Double(inner, self._client(), self._key_id, material.key_arn, material.request)


class _Double(Cipher):
    """Raises XksError, whichever way it goes."""

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
            raise XksInvalidPlaintext("What the proxy decrypted does not open here.") from None


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
