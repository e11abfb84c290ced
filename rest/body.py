"""The body of a request as one strict JSON object."""

import json
from typing import Any

import orjson

from rest.errors import UnsupportedMediaType
from service.errors import SerializationFailed


def parse(content_type: str, body: bytes) -> dict[str, Any]:
    """The JSON object in `body`; an empty body is an empty object.

    A member that is given twice is refused: two readers could take different ones.
    """
    if not body:
        return {}
    if content_type != "application/json":
        raise UnsupportedMediaType
    try:
        orjson.loads(body)  # refuses lone surrogates, NaN and bottomless nesting; json does not
        value = json.loads(body, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise SerializationFailed("The body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise SerializationFailed("The body must be a JSON object.")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is given twice")
    return members
