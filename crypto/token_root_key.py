"""The root key in a PKCS#11 token: what it wraps is wrapped by the token.

Wrapped: version (1 byte, 0x02) ‖ nonce (12) ‖ ciphertext ‖ tag (16), AES-256-GCM under the
token's key itself. Version and what the caller binds are associated data. The nonce is
random and made here: a key may wrap 2**32 times (NIST SP 800-38D, 8.3).

The id is derived from what the token computes with the key over a fixed text under a
nonce that is kept for it. That text's ciphertext is never stored, so the id tells nothing.
The same key has the same id wherever it is restored to, and another key has another.
"""

import os
from collections.abc import Callable
from typing import Any, TypeVar

from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag, ObjectClass, Session
from pkcs11.exceptions import PKCS11Error
from pkcs11.mechanisms import GCMParams

from crypto.envelope import KEY_BYTES
from crypto.errors import (
    CannotOpen,
    RootKeyMissing,
    RootKeyUnavailable,
    TokenUnavailable,
    UnsuitableTokenKey,
)
from crypto.kdf import derive
from crypto.token import Token

T = TypeVar("T")
Aes = Any  # python-pkcs11 gives keys their methods when it finds them
_VERSION = b"\x02"
_NONCE_BYTES = 12
_TAG_BYTES = 16
_NONCE_ENDS = 1 + _NONCE_BYTES
_SHORTEST = _NONCE_ENDS + _TAG_BYTES
_ID_LABEL = b"strongroom root key id"
_ID_NONCE = b"\xff" * _NONCE_BYTES
_ID_TEXT = bytes(KEY_BYTES)


class TokenRootKey:
    """A root key that no program can read: only the token can use it."""

    __slots__ = ("_name", "_token", "id")

    def __init__(self, token: Token, name: str) -> None:
        """Find the key. Raises RootKeyMissing, UnsuitableTokenKey, and RootKeyUnavailable
        where the token cannot be used."""
        self._token, self._name = token, name
        self.id = self._done(lambda session: _fingerprint(self._found(session)))

    @classmethod
    def create(cls, token: Token, name: str) -> "TokenRootKey":
        """The root key by that name, made in the token if it has none. Raises what finding
        it raises.

        A token does not know "unless there is one": of several processes, one at a time.
        """
        try:
            return cls(token, name)
        except RootKeyMissing:
            _run(token, lambda session: _generate(session, name))
        return cls(token, name)

    def __repr__(self) -> str:
        return f"TokenRootKey(id={self.id!r})"

    def wrap(self, plaintext: bytes, associated: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        bound = _VERSION + associated
        return _VERSION + nonce + self._used(lambda key: _encrypt(key, nonce, plaintext, bound))

    def unwrap(self, wrapped: bytes, associated: bytes) -> bytes:
        if len(wrapped) < _SHORTEST or wrapped[:1] != _VERSION:
            raise CannotOpen("It is not in a form that this version wraps in.")
        return self._used(lambda key: self._unwrapped(key, wrapped, _VERSION + associated))

    def check(self) -> None:
        self._used(lambda key: None)

    def _unwrapped(self, key: Aes, wrapped: bytes, bound: bytes) -> bytes:
        nonce, ciphertext = wrapped[1:_NONCE_ENDS], wrapped[_NONCE_ENDS:]
        try:
            return bytes(key.decrypt(ciphertext, **_gcm(nonce, bound)))
        except PKCS11Error:
            # Tokens do not agree on what to answer to a wrong tag. If the key still works,
            # it was that.
            self._require_same(key)
            raise CannotOpen("It was altered, or wrapped for something else.") from None

    def _used(self, work: Callable[[Aes], T]) -> T:
        """`work` done with the key, after it has proved to be the one it was."""

        def done(session: Session) -> T:
            key = self._found(session)
            self._require_same(key)
            return work(key)

        return self._done(done)

    def _done(self, work: Callable[[Session], T]) -> T:
        try:
            return _run(self._token, work)
        except RootKeyMissing:
            # In a session that outlived its token there seems to be nothing. It counts as
            # missing if it is so from scratch.
            _connect(self._token)
            return _run(self._token, work)

    def _found(self, session: Session) -> Aes:
        found = _named(session, self._name)
        if not found:
            raise RootKeyMissing(
                f"There is no key {self._name!r} in {self._token}. If this server stored anything "
                "before, restore the token from its backup; at a first start, `manage.py "
                "bootstrap` makes the key."
            )
        if len(found) > 1:
            raise UnsuitableTokenKey(
                f"There are {len(found)} keys {self._name!r} in {self._token}, and nothing says "
                "which is the root key. Give each a label of its own."
            )
        _require_suitable(found[0], f"The key {self._name!r} in {self._token}")
        return found[0]

    def _require_same(self, key: Aes) -> None:
        """Raises RootKeyUnavailable where another key took the place of the one it was."""
        if _fingerprint(key) != self.id:
            raise RootKeyUnavailable(
                f"The key {self._name!r} in {self._token} is no longer the root key {self.id}. "
                "Put that key back."
            )


def _run(token: Token, work: Callable[[Session], T]) -> T:
    with _OwnErrors():
        return token.run(work)


def _connect(token: Token) -> None:
    with _OwnErrors():
        token.connect()


class _OwnErrors:
    """What the token cannot do, the root key cannot."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, TokenUnavailable):
            raise RootKeyUnavailable(f"The root key's token cannot be used. {error}") from None


def _named(session: Session, name: str) -> list[Aes]:
    wanted = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: name}
    return list(session.get_objects(wanted))


def _generate(session: Session, name: str) -> None:
    session.generate_key(
        KeyType.AES,
        KEY_BYTES * 8,
        label=name,
        store=True,
        capabilities=MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT,
        template={
            Attribute.PRIVATE: True,
            Attribute.SENSITIVE: True,
            Attribute.EXTRACTABLE: False,
            Attribute.MODIFIABLE: False,
        },
    )


def _require_suitable(key: Aes, what: str) -> None:
    if key.key_type != KeyType.AES or key[Attribute.VALUE_LEN] != KEY_BYTES:
        raise UnsuitableTokenKey(f"{what} is no AES-256 key. Name one that is, or none.")
    if not key[Attribute.SENSITIVE] or key[Attribute.EXTRACTABLE]:
        raise UnsuitableTokenKey(
            f"{what} can be taken out of the token: it has to be sensitive and not extractable. "
            "Name another key; one that is not there is made."
        )


def _fingerprint(key: Aes) -> str:
    computed = _encrypt(key, _ID_NONCE, _ID_TEXT, _ID_LABEL)
    return derive(computed, _ID_LABEL, length=16).hex()


def _encrypt(key: Aes, nonce: bytes, plaintext: bytes, associated: bytes) -> bytes:
    return bytes(key.encrypt(plaintext, **_gcm(nonce, associated)))


def _gcm(nonce: bytes, associated: bytes) -> dict[str, object]:
    return {
        "mechanism": Mechanism.AES_GCM,
        "mechanism_param": GCMParams(nonce, associated, _TAG_BYTES * 8),
    }
