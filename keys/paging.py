"""Pages of a list. A marker names the last thing on the page before; only its list reads it."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from keys.errors import InvalidMarker
from service.value import value

T = TypeVar("T")
MOST_DIGITS = 19  # of what a database counts rows with


@value
class Page(Generic[T]):
    items: tuple[T, ...]
    next_marker: str | None

    @property
    def truncated(self) -> bool:
        return self.next_marker is not None


def size(limit: int | None, default: int, most: int) -> int:
    """How long a page is to be. AWS lets a page be shorter than asked for, and so do we."""
    return min(limit or default, most)


def page(of: str, found: Sequence[T], length: int, place: Callable[[T], str]) -> Page[T]:
    """The first `length` of `found`, which goes on for at least one more where there is one.

    `of` names the list, `place` gives an item's place in it.
    """
    items = tuple(found[:length])
    marker = _marker(of, place(items[-1])) if len(found) > length else None
    return Page(items, marker)


def after(of: str, marker: str | None) -> str:
    """The place after which the page begins, "" for the first. Raises InvalidMarker."""
    if marker is None:
        return ""
    try:
        text = base64.b64decode(marker, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise InvalidMarker from None
    kind, _, place = text.partition(":")
    if kind != of or not place or "\0" in place:  # which no database takes
        raise InvalidMarker
    return place


def row_after(of: str, marker: str | None) -> int:
    """`after`, where the place is a row's number; 0 for the first page."""
    place = after(of, marker)
    if not place:
        return 0
    if not (place.isascii() and place.isdigit() and len(place) < MOST_DIGITS):
        raise InvalidMarker
    return int(place)


def _marker(of: str, place: str) -> str:
    return base64.urlsafe_b64encode(f"{of}:{place}".encode()).decode()
