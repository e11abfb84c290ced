"""What differs between two texts, line by line, for people to read."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum

from service.value import value

AROUND = 3  # lines that stay, shown before and after each change


class Mark(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    SKIPPED = "skipped"


@value
class Line:
    """A line, and what became of it; of lines that are skipped, how many there are."""

    mark: Mark
    text: str


def difference(before: Sequence[str], after: Sequence[str]) -> list[Line]:
    """Of two texts, each as its lines; nothing if they are the same."""
    return list(_compared(before, after)) if before != after else []


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    seen = 0
    for group in SequenceMatcher(None, old, new).get_grouped_opcodes(AROUND):
        yield from _skipped(group[0][1] - seen)
        for tag, start, end, new_start, new_end in group:
            if tag == "equal":
                yield from (Line(Mark.SAME, text) for text in old[start:end])
            else:
                yield from (Line(Mark.REMOVED, text) for text in old[start:end])
                yield from (Line(Mark.ADDED, text) for text in new[new_start:new_end])
        seen = group[-1][2]
    yield from _skipped(len(old) - seen)


def _skipped(count: int) -> Iterator[Line]:
    if count:
        yield Line(Mark.SKIPPED, str(count))
