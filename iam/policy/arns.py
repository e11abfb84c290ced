"""ARNs with wildcards: each part is matched for itself, so that no wildcard leaves its part.

Only a `*` that ends a pattern goes on across colons, so that `arn:aws:kms:*` is all of KMS.
"""

from iam.policy.patterns import Context, Pattern

PARTS = 6


class ArnPattern:
    """A parsed pattern of an ARN, or "*". `parts` is how each part was written."""

    __slots__ = ("_exact", "_patterns", "parts")

    def __init__(self, text: str, *, variables: bool) -> None:
        """Raises ValueError, which says what is wrong."""
        self.parts = _split(text) if variables else text.split(":", PARTS - 1)
        self._patterns: tuple[Pattern, ...] = ()
        self._exact = text if not any(sign in text for sign in "*?$") else None
        if text == "*":
            return
        self._patterns = tuple(Pattern(part, variables=variables) for part in self.parts)
        whole = len(self.parts) == PARTS or (len(self.parts) > 1 and text.endswith("*"))
        if self.parts[0] != "arn" or not whole:
            raise ValueError(f"{text} is not an ARN")

    def fits(self, value: str, context: Context) -> bool | None:
        """Whether it matches; None if a variable stands for nothing in this request."""
        if self._exact is not None:
            return value == self._exact
        matchers = [pattern.matcher(context) for pattern in self._patterns]
        if None in matchers:
            return None
        if not matchers:
            return True
        if value.count(":") < PARTS - 1:
            return False
        parts = value.split(":", len(matchers) - 1)
        return all(
            matches is not None and matches(part)
            for matches, part in zip(matchers, parts, strict=True)
        )


def _split(text: str) -> list[str]:
    """At the first five colons that are in no variable."""
    parts, depth = [""], 0
    for at, letter in enumerate(text):
        depth += text.startswith("${", at) - (letter == "}" and depth > 0)
        if letter == ":" and not depth and len(parts) < PARTS:
            parts.append("")
        else:
            parts[-1] += letter
    return parts
