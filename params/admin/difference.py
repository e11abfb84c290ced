"""What differs between two texts, line by line, for people to read."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from enum import StrEnum

from params.models import Type
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


def difference(before: str, after: str, kind: str) -> list[Line]:
    """Nothing if they are the same. A StringList is compared item by item."""
    old, new = _lines(before, kind), _lines(after, kind)
    return list(_compared(old, new)) if before != after else []


def _lines(text: str, kind: str) -> list[str]:
    return text.split("," if kind == Type.STRING_LIST else "\n")


def _compared(old: list[str], new: list[str]) -> Iterator[Line]:
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
