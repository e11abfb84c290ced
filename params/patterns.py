"""AllowedPattern: a regular expression of the customer's that a value has to match.

A pattern may be made to take for ever, or all the memory there is. The time of a match is
bounded. What a pattern takes of memory when it is compiled follows from the repetitions
that it demands, which `regex` writes out: they are counted before.
"""

import re

import regex

from params.errors import InvalidAllowedPattern, ParameterPatternMismatch

MOST_SECONDS = 0.1
MOST_ATOMS = 20_000  # with each as often as it has to be there

# an escape, a comment, a class, a repetition, a group's ends, what changes no atom, an atom
_TOKENS = re.compile(
    r"(?P<atom>\\.|\[\^?\]?(?:\\.|\[:[^\]]*:\]|[^\]\\])*\]?)|\(\?#[^)]*\)|\{(?P<least>\d+)(?:,\d*)?\}"
    r"|(?P<opens>\()|(?P<closes>\))|[?*+]|(?P<other>.)",
    re.DOTALL,
)
# flags that change what the above reads (white space is no atom, classes hold classes), and
# groups within themselves, which Java has not: within the time of a match they fill the memory
_OTHER_SYNTAX = re.compile(r"\(\?(?:[a-zA-Z0-9]*[xV]|R|[-+]?\d|&|P>)")
_ESCAPE = re.compile(r"\\.", re.DOTALL)


def require_match(pattern: str, text: str) -> None:
    """Raise ParameterPatternMismatch unless all of `text` matches; its message tells no value.

    Raises InvalidAllowedPattern for what is no pattern, or takes too much.
    """
    if _OTHER_SYNTAX.search(_ESCAPE.sub(".", pattern)) or _atoms(pattern) > MOST_ATOMS:
        raise InvalidAllowedPattern(f"The allowed pattern is too complex: {pattern}")
    try:
        # not remembered: 500 of them, as `regex` keeps, may take more than a gigabyte
        compiled = regex.compile(pattern, cache_pattern=False)
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


def _atoms(pattern: str) -> int:
    """How many atoms there are once each is written as often as the pattern demands it."""
    groups, last = [0], 0
    for token in _TOKENS.finditer(pattern):
        if token["opens"]:
            groups.append(0)
        elif token["closes"]:
            last = groups.pop() if len(groups) > 1 else 0
            groups[-1] += last
        elif token["least"]:
            more = last * (max(int(token["least"]), 1) - 1)
            groups[-1], last = groups[-1] + more, last + more
        elif token["atom"] or token["other"]:
            groups[-1], last = groups[-1] + 1, 1
    return sum(groups)
