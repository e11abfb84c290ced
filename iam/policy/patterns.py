"""Texts with wildcards and variables: `arn:aws:kms:*:*:key/${aws:PrincipalTag/team, 'none'}`.

A pattern is parsed once. What a variable stands for is filled in as it is, also where it
holds a `*`. No pattern makes matching go back and try again.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class Context(Protocol):
    """The condition keys of a request."""

    def values(self, key: str) -> Sequence[str] | None:
        """The values of `key` (lower case); None where the request has none."""
        ...


class Wildcard(Enum):
    ANY = "*"
    ONE = "?"


@dataclass(frozen=True, slots=True)
class Variable:
    """`key` in lower case; `default` is None where there is none."""

    key: str
    default: str | None


Part = str | Wildcard | Variable
Matcher = Callable[[str], bool]

_TOKEN = re.compile(r"\$\{([^{}]*)\}|(\*)|(\?)")
_VARIABLE = re.compile(r"([\w:/.@=+ -]+?)\s*(?:,\s*'([^']*)')?")
_ESCAPES = frozenset("*?$")


def never(value: str) -> bool:
    return False


class Pattern:
    """A parsed pattern. `text` is how it was written."""

    __slots__ = ("_fixed", "_parts", "text")

    def __init__(
        self, text: str, *, wildcards: bool = True, variables: bool = True, fold: bool = False
    ) -> None:
        """`fold`: letters match whatever their case. Raises ValueError for a broken variable."""
        self.text = text
        self._parts = tuple(_parsed(text.lower() if fold else text, wildcards, variables))
        varies = any(isinstance(part, Variable) for part in self._parts)
        self._fixed = None if varies else _matcher(self._parts)

    def __repr__(self) -> str:
        return f"Pattern({self.text!r})"

    def matcher(self, context: Context) -> Matcher | None:
        """What matches in this request; None if a variable stands for nothing in it."""
        if self._fixed is not None:
            return self._fixed
        filled: list[Part] = []
        for part in self._parts:
            told = _filled(part, context) if isinstance(part, Variable) else part
            if told is None:
                return None
            filled.append(told)
        return _matcher(filled)

    def matches(self, value: str, context: Context) -> bool:
        return (self.matcher(context) or never)(value)


def _filled(variable: Variable, context: Context) -> str | None:
    """Only a key of one value can be filled in."""
    values = context.values(variable.key)
    return values[0] if values is not None and len(values) == 1 else variable.default


def _parsed(text: str, wildcards: bool, variables: bool) -> list[Part]:
    parts: list[Part] = []
    end = 0
    for token in _TOKEN.finditer(text):
        parts.append(text[end : token.start()])
        end = token.end()
        if token[0] in ("*", "?"):
            parts.append(Wildcard(token[0]) if wildcards else token[0])
        else:
            parts.append(_variable(token[1]) if variables else token[0])
    rest = text[end:]
    if variables and "${" in rest:
        raise ValueError("a variable is not closed")
    return [part for part in (*parts, rest) if part != ""]


def _variable(inner: str) -> Part:
    if inner in _ESCAPES:
        return inner
    found = _VARIABLE.fullmatch(inner.strip())
    if not found:
        raise ValueError(f"${{{inner}}} is not a variable")
    return Variable(found[1].lower(), found[2])


def _matcher(parts: Sequence[Part]) -> Matcher:
    """Of parts without variables."""
    if Wildcard.ONE in parts:
        return _of_letters(parts)
    texts = [""]
    for part in parts:
        if part is Wildcard.ANY:
            texts.append("")
        else:
            texts[-1] += str(part)
    return texts[0].__eq__ if len(texts) == 1 else _of_texts(texts)


def _of_texts(texts: list[str]) -> Matcher:
    """Texts with anything in between: the most common kind."""
    first, *middle, last = texts
    least = sum(map(len, texts))

    def matches(value: str) -> bool:
        if len(value) < least or not value.startswith(first) or not value.endswith(last):
            return False
        at, end = len(first), len(value) - len(last)
        for text in middle:
            at = value.find(text, at, end)
            if at < 0:
                return False
            at += len(text)
        return True

    return matches


def _of_letters(parts: Sequence[Part]) -> Matcher:
    """An expression in which what follows a `*` is found as far to the left as it fits, for good.

    That leaves the most room for the rest, and never looks back.
    """
    segments = [""]
    for part in parts:
        if part is Wildcard.ANY:
            segments.append("")
        else:
            segments[-1] += "." if part is Wildcard.ONE else re.escape(str(part))
    first, *others = segments
    middle = "".join(f"(?>.*?{segment})" for segment in others[:-1])
    last = f".*{others[-1]}" if others else ""
    found = re.compile(first + middle + last, re.DOTALL)
    return lambda value: found.fullmatch(value) is not None
