"""Session tokens: what temporary credentials are, sealed, so that no row has to hold it.

A token is the base64 of: version (1 byte, 0x01) ‖ account (12 digits) ‖ what `sealing.vault`
seals for the account, bound to the version and the access key id. In there are two lengths
(2 bytes each, big-endian), who it is and for how long (JSON), what limits and tags it (JSON,
compressed), and zeros up to the size that was asked for.
"""

import base64
import binascii
import struct
import zlib
from dataclasses import field
from datetime import UTC, datetime

import orjson

from crypto.errors import CannotOpen
from sealing import vault
from service.caller import PrincipalKind, Session
from service.value import value

MOST_LETTERS = 4096  # of a token; a header of HTTP has to hold it
MOST_PACKED = 2048  # bytes
GLOBAL = ""  # a session belongs to no region
_VERSION = b"\x01"
_ACCOUNT_ENDS = 1 + 12
_LENGTHS = struct.Struct(">HH")


@value
class Contents:
    """Whose session it is: a user, a role or root, by `unique_id`.

    session_name  of a role's session, "" of any other
    """

    kind: PrincipalKind
    unique_id: str
    session_name: str
    session: Session
    secret: str = field(repr=False)


def seal(account: str, key_id: str, contents: Contents, least: int = 0) -> str:
    """The token of the access key `key_id`, of `least` letters or more."""
    session = contents.session
    known = [
        contents.secret,
        contents.kind.value,
        contents.unique_id,
        contents.session_name,
        int(session.issued.timestamp()),
        int(session.expires.timestamp()),
        session.source_identity,
    ]
    plain = _joined(orjson.dumps(known), packed(session))
    token = _sealed(account, key_id, plain)
    if len(token) < least:
        lacking = -(-least // 4) * 3 - len(base64.b64decode(token))
        token = _sealed(account, key_id, plain + bytes(lacking))
    return token


def packed(session: Session) -> bytes:
    """The session's policies and tags, as they are in the token."""
    told = [
        session.policy,
        session.policy_arns,
        list(session.tags.items()),
        session.transitive,
    ]
    return zlib.compress(orjson.dumps(told), level=9)


def opened(token: str, key_id: str) -> tuple[str, Contents]:
    """The account, and what the token of the access key `key_id` says. Raises CannotOpen.

    Of what may be deleted or expired since, nothing is asked.
    """
    account, sealed = _read(token)
    plain = vault.open_sealed(account, GLOBAL, sealed, *_bound(key_id))
    first, second = _LENGTHS.unpack_from(plain)
    middle = _LENGTHS.size + first
    secret, kind, unique_id, name, issued, expires, source_identity = orjson.loads(
        plain[_LENGTHS.size : middle]
    )
    policy, arns, tags, transitive = orjson.loads(zlib.decompress(plain[middle : middle + second]))
    session = Session(
        issued=datetime.fromtimestamp(issued, UTC),
        expires=datetime.fromtimestamp(expires, UTC),
        policy=policy,
        policy_arns=tuple(arns),
        tags=dict(tags),
        transitive=tuple(transitive),
        source_identity=source_identity,
    )
    return account, Contents(PrincipalKind(kind), unique_id, name, session, secret)


def _joined(first: bytes, second: bytes) -> bytes:
    return _LENGTHS.pack(len(first), len(second)) + first + second


def _sealed(account: str, key_id: str, plain: bytes) -> str:
    sealed = vault.seal(account, GLOBAL, plain, *_bound(key_id))
    return base64.b64encode(_VERSION + account.encode() + sealed).decode()


def _bound(key_id: str) -> tuple[str, ...]:
    return "iam:session", _VERSION.hex(), key_id


def _read(token: str) -> tuple[str, bytes]:
    """The account in the clear, and what is sealed. A token has one spelling."""
    try:
        raw = base64.b64decode(token, validate=True) if len(token) <= MOST_LETTERS else b""
        account = raw[1:_ACCOUNT_ENDS].decode("ascii")
    except (binascii.Error, ValueError):
        raise CannotOpen("It is no session token.") from None
    if raw[:1] != _VERSION or base64.b64encode(raw).decode() != token:
        raise CannotOpen("It is no session token.")
    return account, raw[_ACCOUNT_ENDS:]
