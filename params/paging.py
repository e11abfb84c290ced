"""NextToken: the place of the last thing on a page, for the same question only."""

from collections.abc import Callable
from typing import Generic, TypeVar

from params.errors import InvalidNextToken
from service import tokens
from service.caller import Caller
from service.value import value

T = TypeVar("T")
_SALT = "params"


@value
class Page(Generic[T]):
    """`place` is that of the last thing that was looked at; None if there is nothing more."""

    items: tuple[T, ...]
    place: str | int | None = None


class Asked:
    """A question that pages answer: of one operation, account and region, and `about`."""

    def __init__(self, caller: Caller, operation: str, *about: object) -> None:
        self._asked = (operation, caller.account, caller.region, *about)

    def after(self, token: str | None, kind: Callable[[], T]) -> T:
        """Where the page before ended; for the first "" or 0, which is `kind()`.

        Raises InvalidNextToken.
        """
        if not token:
            return kind()
        try:
            place: T = tokens.opened(_SALT, token, self._asked)
        except tokens.BadToken:
            raise InvalidNextToken from None
        return place

    def token(self, page: Page[T]) -> str | None:
        return None if page.place is None else tokens.seal(_SALT, page.place, self._asked)
