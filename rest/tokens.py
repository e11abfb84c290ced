"""API tokens: made, opened for checking who calls, and their last use noted.

A token reads `strong_` + 64 hexadecimal digits of secret + 8 of checksum (CRC-32), so that
secret scanners can tell one from chance: `strong_[0-9a-f]{72}`.
"""

import hashlib
import logging
import re
import secrets
import time
import zlib
from datetime import datetime, timedelta

from django.db import DatabaseError

from audit.events import where
from iam.errors import ExpiredToken, UnrecognizedClient
from iam.models import User
from iam.principals import user_principal
from rest.models import ApiToken
from service.caller import Principal
from service.snapshot import Snapshot
from service.value import value

PREFIX = "strong_"
SECRET_BYTES = 32
NOTE_EVERY = 60.0  # seconds between two notes of one token's use by one process

logger = logging.getLogger("strongroom.rest")

_FORM = re.compile(f"{PREFIX}[0-9a-f]{{{2 * SECRET_BYTES + 8}}}", re.ASCII)
_noted: dict[str, float] = {}


@value
class OpenedToken:
    """A token that was found, and whom it speaks for until it expires."""

    id: str
    principal: Principal
    expires: datetime


def create(user: User, now: datetime, lifetime: timedelta) -> tuple[ApiToken, str]:
    """A new token's row, and its text, which is kept nowhere."""
    secret = PREFIX + secrets.token_hex(SECRET_BYTES)
    text = secret + _checksum(secret)
    token = ApiToken.objects.create(
        user=user, digest=_digest(text), created=now, expires=now + lifetime
    )
    return token, text


def opened(text: str, snapshot: Snapshot, now: datetime) -> OpenedToken:
    """Whose token `text` is. Raises UnrecognizedClient or ExpiredToken."""
    if not _is_whole(text):
        raise UnrecognizedClient
    digest = _digest(text)
    token = snapshot.get(("api-token", digest), lambda: _known(digest))
    if token.expires <= now:
        raise ExpiredToken
    return token


def found(text: str) -> OpenedToken | None:
    """Whose token `text` is, or was, however long ago it expired."""
    return _find(_digest(text)) if _is_whole(text) else None


def is_known(token_id: str) -> bool:
    return ApiToken.objects.filter(id=token_id).exists()


def note_use(token_id: str, at: datetime) -> None:
    """Remember the use of a token, to the minute: a note is one write, most calls make none.

    A call goes on without a note that could not be written: what it did is in the trail.
    """
    now = time.monotonic()
    if now - _noted.get(token_id, -NOTE_EVERY) < NOTE_EVERY:
        return
    _noted[token_id] = now
    try:
        ApiToken.objects.filter(id=token_id).update(last_used=at)
    except (DatabaseError, OSError) as error:  # locked, or the disk is full
        logger.warning("the use of a token was not noted: %s", where(error))


def _find(digest: bytes) -> OpenedToken | None:
    """By its digest: how long that takes tells nothing about any token."""
    token = ApiToken.objects.select_related("user").filter(digest=digest).first()
    if token is None:
        return None
    return OpenedToken(token.id, user_principal(token.user), token.expires)


def _known(digest: bytes) -> OpenedToken:
    token = _find(digest)
    if token is None:  # raised in here, so that guesses are not remembered
        raise UnrecognizedClient
    return token


def _is_whole(text: str) -> bool:
    """Whether it is a token at all: what is not costs no look at the database."""
    secret, checksum = text[:-8], text[-8:]
    return _FORM.fullmatch(text) is not None and checksum == _checksum(secret)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _checksum(secret: str) -> str:
    return f"{zlib.crc32(secret.encode()):08x}"
