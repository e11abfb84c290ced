"""Pages of IAM's lists. A marker is the place of the last item of the page before."""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from service.value import value

DEFAULT_ITEMS = 100
T = TypeVar("T")


@value
class Page(Generic[T]):
    items: tuple[T, ...]
    marker: str | None

    @property
    def is_truncated(self) -> bool:
        return self.marker is not None


def page(
    found: Iterable[T], place: Callable[[T], str], marker: str | None, most: int | None
) -> Page[T]:
    """At most `most` items after `marker`, by `place`, which no two of them share."""
    ordered = sorted(found, key=place)
    rest = [item for item in ordered if marker is None or place(item) > marker]
    length = most or DEFAULT_ITEMS
    items = tuple(rest[:length])
    return Page(items, place(items[-1]) if len(rest) > length else None)
