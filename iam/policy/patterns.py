"""Texts with wildcards and variables: `arn:aws:kms:*:*:key/${aws:PrincipalTag/team, 'none'}`.

A pattern is parsed once. What a variable stands for is filled in as it is, also where it
holds a `*`. No pattern makes matching go back and try again.
"""

import re
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Protocol

from service.value import value


class Context(Protocol):
    """The condition keys of a request."""

    def values(self, key: str) -> Sequence[str] | None:
        """The values of `key` (lower case); None where the request has none."""
        ...


class Wildcard(Enum):
    ANY = "*"
    ONE = "?"


@value
class Variable:
    """`key` in lower case; `default` is None where there is none."""

    key: str
    default: str | None


Part = str | Wildcard | Variable
Matcher = Callable[[str], bool]

_TOKEN = re.compile(r"\$\{([^{}]*)\}|(\*+)|(\?)")
_KEY = re.compile(r"[\w:/.@=+ -]+")
_ESCAPES = frozenset("*?$")
MOST_KEPT = (
    8  # parts; a pattern of more, or with a `?`, is read anew when asked: it holds no memory
)


def never(value: str) -> bool:
    return False


class Pattern:
    """A parsed pattern. `text` is how it was written, `weight` how much a comparison takes."""

    __slots__ = ("_fixed", "_fold", "_parts", "_variables", "_wildcards", "text", "weight")

    def __init__(
        self, text: str, *, wildcards: bool = True, variables: bool = True, fold: bool = False
    ) -> None:
        """`fold`: what matches is in lower case. Raises ValueError for a broken variable."""
        self.text = text
        self._wildcards, self._variables, self._fold = wildcards, variables, fold
        parts = self._parsed()
        self.weight = 1 + sum(not isinstance(part, str) for part in parts)
        self._fixed: Matcher | None = None
        self._parts: Sequence[Part] = ()
        if len(parts) > MOST_KEPT or Wildcard.ONE in parts:
            return
        if any(isinstance(part, Variable) for part in parts):
            self._parts = tuple(parts)
        else:
            self._fixed = _matcher(parts)

    def __repr__(self) -> str:
        return f"Pattern({self.text!r})"

    def matcher(self, context: Context) -> Matcher | None:
        """What matches in this request; None if a variable stands for nothing in it."""
        if self._fixed is not None:
            return self._fixed
        filled: list[str | Wildcard] = []
        for part in self._parts or self._parsed():
            told = self._filled(part, context) if isinstance(part, Variable) else part
            if told is None:
                return None
            filled.append(told)
        return _matcher(filled)

    def matches(self, value: str, context: Context) -> bool:
        return (self.matcher(context) or never)(value)

    def _parsed(self) -> list[Part]:
        text = self.text.lower() if self._fold else self.text
        return _parsed(text, self._wildcards, self._variables)

    def _filled(self, variable: Variable, context: Context) -> str | None:
        """Only a key of one value can be filled in."""
        values = context.values(variable.key)
        if values is None or len(values) != 1:
            return variable.default
        return values[0].lower() if self._fold else values[0]


def _parsed(text: str, wildcards: bool, variables: bool) -> list[Part]:
    parts: list[Part] = []
    end = 0
    for token in _TOKEN.finditer(text):
        parts.append(text[end : token.start()])
        end = token.end()
        if token[0][0] in "*?":
            parts.append(Wildcard(token[0][0]) if wildcards else token[0])
        else:
            parts.append(_variable(token[1]) if variables else token[0])
    rest = text[end:]
    if variables and "${" in rest:
        raise ValueError("a variable is not closed")
    return [part for part in (*parts, rest) if part != ""]


def _variable(inner: str) -> Part:
    if inner in _ESCAPES:
        return inner
    name, comma, rest = inner.partition(",")
    key, default = name.strip(), rest.strip()
    quoted = len(default) > 1 and default[0] == default[-1] == "'" and default.count("'") == 2
    if not _KEY.fullmatch(key) or (comma and not quoted):
        raise ValueError(f"${{{inner}}} is not a variable")
    return Variable(key.lower(), default[1:-1] if comma else None)


def _matcher(parts: Sequence[Part]) -> Matcher:
    """Of parts without variables."""
    segments = _segments(parts)
    if any(len(runs) > 1 for runs in segments):
        return _of_letters([_Segment(runs) for runs in segments])
    texts = [runs[0] for runs in segments]
    return texts[0].__eq__ if len(texts) == 1 else _Texts(texts)


def _segments(parts: Sequence[Part]) -> list[list[str]]:
    """What stands between one `*` and the next, as the texts between one `?` and the next."""
    segments: list[list[str]] = [[]]
    texts: list[str] = []
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
            continue
        segments[-1].append("".join(texts))
        texts = []
        if part is Wildcard.ANY:
            segments.append([])
    segments[-1].append("".join(texts))
    return segments


class _Texts:
    """Texts with anything in between: the most common kind."""

    __slots__ = ("_first", "_last", "_least", "_middle")

    def __init__(self, texts: Sequence[str]) -> None:
        self._first, *middle, self._last = texts
        self._middle = tuple(middle)
        self._least = sum(map(len, texts))

    def __call__(self, value: str) -> bool:
        if len(value) < self._least or not value.startswith(self._first):
            return False
        if not value.endswith(self._last):
            return False
        at, end = len(self._first), len(value) - len(self._last)
        for text in self._middle:
            at = value.find(text, at, end)
            if at < 0:
                return False
            at += len(text)
        return True


class _Segment:
    """Texts with one letter, whatever it is, between each and the next."""

    __slots__ = ("_texts", "length")

    def __init__(self, runs: Sequence[str]) -> None:
        self.length = sum(map(len, runs)) + len(runs) - 1
        self._texts: list[tuple[int, str]] = []  # with their places; none is empty
        place = 0
        for text in runs:
            if text:
                self._texts.append((place, text))
            place += len(text) + 1

    def stands_at(self, value: str, at: int) -> bool:
        """`value` has room for the segment at `at`."""
        return all(value.startswith(text, at + place) for place, text in self._texts)

    def find(self, value: str, start: int, end: int) -> int:
        """The first place in `value[start:end]` that fits; negative if there is none."""
        last = end - self.length
        if not self._texts:
            return start if start <= last else -1
        place, text = self._texts[0]
        at = value.find(text, start + place, end) - place
        while start <= at <= last:
            if self.stands_at(value, at):
                return at
            at = value.find(text, at + place + 1, end) - place
        return -1


def _of_letters(segments: Sequence[_Segment]) -> Matcher:
    """What follows a `*` is found as far to the left as it fits, for good.

    That leaves the most room for the rest, and never looks back.
    """
    first, *middle = segments
    last = middle.pop() if middle else None
    least = sum(segment.length for segment in segments)

    def matches(value: str) -> bool:
        if len(value) < least or (last is None and len(value) > least):
            return False
        end = len(value) - (last.length if last else 0)
        if not first.stands_at(value, 0) or not (last is None or last.stands_at(value, end)):
            return False
        at = first.length
        for segment in middle:
            at = segment.find(value, at, end)
            if at < 0:
                return False
            at += segment.length
        return True

    return matches
