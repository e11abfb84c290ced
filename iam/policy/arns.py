"""ARNs with wildcards: each part is matched for itself, so that no wildcard leaves its part.

Only a `*` that ends a pattern goes on across colons, so that `arn:aws:kms:*` is all of KMS.
"""

import re
from collections.abc import Sequence
from functools import partial

from iam.policy.patterns import Context, Matcher, Pattern

PARTS = 6
_SIGN = re.compile(r"\$\{|\}|:")


def _anything(value: str) -> bool:
    return True


class ArnPattern:
    """A parsed pattern of an ARN, or "*". `weight` is how much a comparison takes."""

    __slots__ = ("_fixed", "_patterns", "weight")

    def __init__(self, text: str, *, variables: bool) -> None:
        """Raises ValueError, which says what is wrong."""
        self._patterns: tuple[Pattern, ...] = ()
        self._fixed: Matcher | None = None
        self.weight = 1
        if text == "*":
            self._fixed = _anything
            return
        parts = split(text, variables=variables)
        if any(sign in text for sign in "*?$"):
            self._patterns = tuple(Pattern(part, variables=variables) for part in parts)
            self.weight = sum(pattern.weight for pattern in self._patterns)
        else:
            self._fixed = text.__eq__
        whole = len(parts) == PARTS or (len(parts) > 1 and text.endswith("*"))
        if parts[0] != "arn" or not whole:
            raise ValueError(f"{text} is not an ARN")

    def matcher(self, context: Context) -> Matcher | None:
        """What matches in this request; None if a variable stands for nothing in it."""
        if self._fixed is not None:
            return self._fixed
        matchers = []
        for pattern in self._patterns:
            matches = pattern.matcher(context)
            if matches is None:
                return None
            matchers.append(matches)
        return partial(_matches, matchers)

    def fits(self, value: str, context: Context) -> bool | None:
        """Whether it matches; None if a variable stands for nothing in this request."""
        matches = self.matcher(context)
        return None if matches is None else matches(value)


def _matches(matchers: Sequence[Matcher], value: str) -> bool:
    if value.count(":") < PARTS - 1:
        return False
    parts = value.split(":", len(matchers) - 1)
    return all(matches(part) for matches, part in zip(matchers, parts, strict=True))


def split(text: str, *, variables: bool) -> list[str]:
    """At the first five colons; with `variables`, at those that are in none."""
    if not variables:
        return text.split(":", PARTS - 1)
    parts: list[str] = []
    depth = begin = 0
    for sign in _SIGN.finditer(text):
        if sign[0] == "${":
            depth += 1
        elif sign[0] == "}":
            depth = max(depth - 1, 0)
        elif not depth and len(parts) < PARTS - 1:
            parts.append(text[begin : sign.start()])
            begin = sign.end()
    return [*parts, text[begin:]]
