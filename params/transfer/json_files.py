"""A tree as JSON: an object of parameters by their full names."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from params.transfer.entries import Entry, FileProblem, from_members, members_of

_SPACE = re.compile(r"[ \t\n\r]*")
_DEEP = "too much within each other"


class _Refused(ValueError):
    """What JSON allows and this does not."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("two members of one name")
    return found


def _no_constant(_: str) -> NoReturn:
    raise _Refused("no number")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)


def write(entries: Sequence[Entry]) -> str:
    tree = {entry.name: members_of(entry) for entry in entries}
    return json.dumps(tree, ensure_ascii=False, indent=2) + "\n"


def read(text: str) -> Iterator[Entry]:
    """The entries in the order of the file, each with its line. Raises FileProblem."""
    reader = _Reader(text)
    for name, line, given in reader.pairs():
        yield from_members(name, line, given)


class _Reader:
    """Walks the outermost object, so that each parameter is known by its line."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._line, self._counted = 1, 0

    def pairs(self) -> Iterator[tuple[str, int, object]]:
        self._expect("{")
        if not self._takes("}"):
            while True:
                line = self._here()
                name = self._value(line)
                if not isinstance(name, str):
                    raise FileProblem(line, "not valid JSON: expecting a name in double quotes")
                self._expect(":")
                yield name, line, self._value(line)
                if not self._takes(","):
                    break
            self._expect("}")
        self._skip()
        if self._at < len(self._text):
            raise FileProblem(self._here(), "not valid JSON: something follows the end")

    def _value(self, line: int) -> object:
        self._skip()
        try:
            found, self._at = _DECODER.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            raise FileProblem(error.lineno, f"not valid JSON: {error.msg}") from None
        except _Refused as error:
            raise FileProblem(line, f"not valid JSON: {error}") from None
        except (ValueError, RecursionError):
            raise FileProblem(line, f"not valid JSON: {_DEEP}, or a number too long") from None
        return found

    def _expect(self, sign: str) -> None:
        if not self._takes(sign):
            raise FileProblem(self._here(), f"not valid JSON: expecting {sign}")

    def _takes(self, sign: str) -> bool:
        self._skip()
        found = self._text.startswith(sign, self._at)
        self._at += found
        return found

    def _skip(self) -> None:
        space = _SPACE.match(self._text, self._at)
        self._at = space.end() if space else self._at

    def _here(self) -> int:
        """The line of the place that comes next."""
        self._skip()
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line
