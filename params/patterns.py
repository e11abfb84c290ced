"""AllowedPattern: a regular expression of the customer's that a value has to match."""

import regex

from params.errors import InvalidAllowedPattern, ParameterPatternMismatch

MOST_SECONDS = 0.1  # a pattern may be made to take for ever


def require_match(pattern: str, text: str) -> None:
    """Raise ParameterPatternMismatch unless all of `text` matches; its message tells no value.

    Raises InvalidAllowedPattern for what is no pattern, or takes too long.
    """
    try:
        compiled = regex.compile(pattern)
        match = compiled.fullmatch(text, timeout=MOST_SECONDS, concurrent=True)
    except (regex.error, OverflowError, RecursionError, MemoryError, ValueError):
        raise InvalidAllowedPattern(
            f"The allowed pattern is not a valid regular expression: {pattern}"
        ) from None
    except TimeoutError:
        raise InvalidAllowedPattern(
            f"The value takes too long to be validated against allowedPattern: {pattern}"
        ) from None
    if match is None:
        raise ParameterPatternMismatch(
            f"Parameter value, cannot be validated against allowedPattern: {pattern}"
        )
