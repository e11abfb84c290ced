"""Tokens of pages: where a page ended, signed together with what was asked for."""

import hashlib
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

from django.core import signing

from service.caller import Caller
from service.errors import ServiceError
from service.value import value

T = TypeVar("T")


@value
class Page(Generic[T]):
    """`place` is that of the last thing that was looked at; None if there is nothing more."""

    items: tuple[T, ...]
    place: Any = None


class Asked:
    """A question that pages answer: of one operation, account and region, and `about`.

    Each app says what its tokens are told apart by, and what a wrong one is answered with.
    """

    salt: ClassVar[str]
    bad: ClassVar[type[ServiceError]]

    def __init__(self, caller: Caller, operation: str, *about: object) -> None:
        self._asked = (operation, caller.account, caller.region, *about)

    def after(self, token: str | None, kind: Callable[[], T]) -> T:
        """Where the page before ended; for the first what `kind()` is. Raises `bad`."""
        if not token:
            return kind()
        try:
            place: T = opened(self.salt, token, self._asked)
        except BadToken:
            raise self.bad from None
        return place

    def token(self, page: Page[Any]) -> str | None:
        return None if page.place is None else seal(self.salt, page.place, self._asked)


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
