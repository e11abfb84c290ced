"""The provider whose key material never leaves a PKCS#11 token.

A body: version (1 byte, 0x01) ‖ nonce (12 random bytes) ‖ ciphertext ‖ tag (16), made by the
token with AES-256-GCM. The token's key encrypts the messages themselves, so it is good for
2**32 of them (NIST SP 800-38D, 8.3).
"""

import os
from typing import Any

from pkcs11 import (
    Attribute,
    GCMParams,
    KeyType,
    Mechanism,
    MechanismFlag,
    ObjectClass,
    PKCS11Error,
    Session,
)

from crypto.errors import InvalidCiphertext, UnsupportedKeySpec
from crypto.keyring import Keyring
from crypto.provider import Cipher, Material, Provider
from crypto.software import MOST_KEYS, SECONDS
from crypto.token import Token

SPEC = "SYMMETRIC_DEFAULT"
MECHANISMS = frozenset({Mechanism.AES_KEY_GEN, Mechanism.AES_GCM})
_HANDLE_BYTES = 16
_VERSION = b"\x01"
_NONCE_ENDS = 1 + 12
_SHORTEST = _NONCE_ENDS + 16


class HsmProvider(Provider):
    """Material is a handle: the random CKA_ID of a key that only the token knows.

    Whatever asks the token raises TokenUnavailable if that does not answer.
    """

    def __init__(self, token: Token, most_keys: int = MOST_KEYS, seconds: float = SECONDS) -> None:
        self._token = token
        self._opened: Keyring[HsmKey] = Keyring(most_keys, seconds)

    def connect(self) -> None:
        """Log in from scratch. Raises UnsupportedKeySpec if the token is not up to its keys."""
        self._token.connect()
        missing = self._token.run(lambda session: MECHANISMS - session.token.slot.get_mechanisms())
        if missing:
            names = ", ".join(sorted(each.name for each in missing))
            raise UnsupportedKeySpec(f"{self._token} does not know {names}.")

    def generate(self, spec: str) -> bytes:
        return self.make(spec, "strongroom")

    def make(self, spec: str, label: str) -> bytes:
        """Have the token make a key of the spec, with the label; its handle."""
        _require_known(spec)
        return self._token.change(lambda session: _make(session, label))

    def forget(self, key_arn: str) -> None:
        self._opened.forget(key_arn)

    def destroy(self, material: Material) -> None:
        self.discard(material.unseal())

    def discard(self, handle: bytes) -> None:
        """Delete the key from the token. Returns only if it is not there any more."""
        if not self._token.change(lambda session: _destroy(session, handle)):
            # a token that was taken away shows no keys either, until one logs in again
            self._token.connect()
            self._token.change(lambda session: _destroy(session, handle))

    def random(self, count: int) -> bytes:
        """Random bytes that the token makes."""
        return self._token.run(lambda session: session.generate_random(count * 8))

    def encrypting(self, material: Material) -> Cipher:
        _require_known(material.spec)
        return self._opened.get(
            (material.key_arn, material.id), lambda: HsmKey(self._token, material.unseal())
        )


class HsmKey:
    """A key in a token; a `crypto.provider.Cipher`."""

    __slots__ = ("_handle", "_token")

    def __init__(self, token: Token, handle: bytes) -> None:
        self._token = token
        self._handle = handle

    def encrypt(self, plaintext: bytes, associated: bytes) -> bytes:
        """A body, 29 bytes longer than `plaintext`."""

        def work(session: Session) -> bytes:
            nonce = os.urandom(12)
            made = _encrypted(self._token.key(session, self._handle), nonce, plaintext, associated)
            return _VERSION + nonce + made

        return self._token.run(work)

    def decrypt(self, body: bytes, associated: bytes) -> bytes:
        """What `encrypt` was given. Raises InvalidCiphertext."""
        if len(body) < _SHORTEST or body[:1] != _VERSION:
            raise InvalidCiphertext
        nonce, ciphertext = body[1:_NONCE_ENDS], body[_NONCE_ENDS:]

        def work(session: Session) -> bytes:
            key: Any = self._token.key(session, self._handle)
            try:
                plaintext: bytes = key.decrypt(ciphertext, **_gcm(nonce, associated))
                return plaintext
            except PKCS11Error:
                # Tokens have many names for a wrong tag, and the same for their own troubles.
                # If the key still encrypts, it was the tag.
                _encrypted(key, os.urandom(12), b"\0", b"")
                raise InvalidCiphertext from None

        return self._token.run(work)


def _require_known(spec: str) -> None:
    if spec != SPEC:
        raise UnsupportedKeySpec(f"There are no {spec} keys in tokens.")


def _make(session: Session, label: str) -> bytes:
    handle = os.urandom(_HANDLE_BYTES)
    session.generate_key(
        KeyType.AES,
        256,
        id=handle,
        label=label,
        store=True,
        capabilities=MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT,
        template={
            Attribute.PRIVATE: True,
            Attribute.SENSITIVE: True,
            Attribute.EXTRACTABLE: False,
        },
    )
    return handle


def _destroy(session: Session, handle: bytes) -> bool:
    """Whether there was a key to destroy."""
    found = list(
        session.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.ID: handle})
    )
    for each in found:
        each.destroy()
    return bool(found)


def _encrypted(key: Any, nonce: bytes, plaintext: bytes, associated: bytes) -> bytes:
    made: bytes = key.encrypt(plaintext, **_gcm(nonce, associated))
    return made


def _gcm(nonce: bytes, associated: bytes) -> dict[str, object]:
    return {"mechanism": Mechanism.AES_GCM, "mechanism_param": GCMParams(nonce, associated, 128)}
