"""Tokens of pages: where a page ended, signed together with what was asked for."""

import hashlib
from typing import Any

from django.core import signing


class BadToken(ValueError):
    """It was not made here, or for another question."""


def seal(salt: str, place: Any, asked: object) -> str:
    """A token that goes on after `place` (JSON), for what `repr(asked)` says only."""
    return signing.dumps([place, _digest(asked)], salt=salt)


def opened(salt: str, token: str, asked: object) -> Any:
    """The place that `seal` was given. Raises BadToken."""
    try:
        place, digest = signing.loads(token, salt=salt)
    except (signing.BadSignature, UnicodeEncodeError):
        raise BadToken from None
    if digest != _digest(asked):
        raise BadToken
    return place


def _digest(asked: object) -> str:
    return hashlib.sha256(repr(asked).encode("utf-8", "surrogatepass")).hexdigest()
