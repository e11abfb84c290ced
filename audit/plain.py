"""What callers wrote, made fit for a record: bounded, free of control characters, always JSON."""

from collections.abc import Mapping
from typing import Any

import orjson

MOST_DEPTH = 100
MOST_BITS = 63  # of a number that every reader of JSON takes
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS


def clean(text: str, most: int) -> str:
    """At most `most` characters of `text`; what is not printable becomes U+FFFD."""
    text = text[:most]
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def dumps(value: Any) -> bytes:
    """`value` as JSON with sorted keys. Nothing a caller sends can make it fail."""
    try:
        return orjson.dumps(value, option=_OPTIONS)
    except TypeError:  # lone surrogates, huge numbers, bytes, great depth
        return orjson.dumps(_plain(value, MOST_DEPTH), option=_OPTIONS)


def _plain(value: Any, depth: int) -> Any:
    if depth == 0:
        return "(deeper than is recorded)"
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, bytes):
        return f"({len(value)} bytes)"
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        return f"(a number of {value.bit_length()} bits)"
    if isinstance(value, Mapping):
        return {_plain(key, 1): _plain(item, depth - 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, depth - 1) for item in value]
    return value
