"""What was read from the database at one revision, kept until the revision moves on.

Everything that a decision rests upon (principals, policies, keys, aliases, grants)
is kept per revision: see `iam.revision`. An entry is loaded after the revision was
read, so it can be newer than its snapshot but never older, and a snapshot whose
revision has passed is dropped whole. No entry is ever invalidated one by one.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
MOST_ENTRIES = 50_000  # of a kind


class Snapshot:
    """A memory for loads that stay true for as long as `revision` is the current one."""

    __slots__ = ("_kinds", "revision")

    def __init__(self, revision: int) -> None:
        self.revision = revision
        self._kinds: defaultdict[str, dict[tuple[Any, ...], Any]] = defaultdict(dict)

    def get(self, key: tuple[Any, ...], load: Callable[[], T], most: int = MOST_ENTRIES) -> T:
        """The value under `key` (its first part names the kind), loaded once.

        `most`: how many of the kind are kept, where they are large.
        """
        try:
            return self._kinds[key[0]][key]  # type: ignore[no-any-return]
        except KeyError:
            value = load()
        self.keep(key, value, most)
        return value

    def recall(self, key: tuple[Any, ...]) -> Any | None:
        """What is kept under `key`, None if nothing is."""
        return self._kinds[key[0]].get(key)

    def keep(self, key: tuple[Any, ...], value: Any, most: int = MOST_ENTRIES) -> None:
        """Of a kind that has become too many, all are forgotten, and none of the others."""
        entries = self._kinds[key[0]]
        if len(entries) >= most:
            entries.clear()
        entries[key] = value
