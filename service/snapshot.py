"""What was read from the database at one revision, kept until the revision moves on.

Everything that a decision rests upon (principals, policies, keys, aliases, grants)
is kept per revision: see `iam.revision`. An entry is loaded after the revision was
read, so it can be newer than its snapshot but never older, and a snapshot whose
revision has passed is dropped whole. No entry is ever invalidated one by one.
"""

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
MOST_ENTRIES = 50_000


class Snapshot:
    """A memory for loads that stay true for as long as `revision` is the current one."""

    __slots__ = ("_entries", "revision")

    def __init__(self, revision: int) -> None:
        self.revision = revision
        self._entries: dict[tuple[Any, ...], Any] = {}

    def get(self, key: tuple[Any, ...], load: Callable[[], T]) -> T:
        """The value under `key` (its first part names the kind), loaded once."""
        try:
            return self._entries[key]  # type: ignore[no-any-return]
        except KeyError:
            value = load()
        if len(self._entries) >= MOST_ENTRIES:
            self._entries.clear()
        self._entries[key] = value
        return value
