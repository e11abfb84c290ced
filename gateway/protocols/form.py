"""From a form's fields to AWS-shaped parameters: `Tags.member.1.Key=…`.

https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from service.errors import SerializationFailed

Fields = Mapping[str, str]


def read(shape: Shape | None, fields: Fields) -> dict[str, Any]:
    """The parameters of an operation. Raises SerializationFailed."""
    return _structure(shape, "", fields) if isinstance(shape, StructureShape) else {}


def _value(shape: Shape, name: str, fields: Fields) -> Any:
    """The value under `name`; None where there is none."""
    if isinstance(shape, StructureShape):
        return _structure(shape, f"{name}.", fields) or None
    if isinstance(shape, ListShape):
        return _list(shape, name, fields) or None
    if isinstance(shape, MapShape):
        return _map(shape, name, fields) or None
    text = fields.get(name)
    return None if text is None else _scalar(shape, text, name)


def _structure(shape: StructureShape, prefix: str, fields: Fields) -> dict[str, Any]:
    found = {}
    for member, inner in shape.members.items():
        value = _value(inner, prefix + inner.serialization.get("name", member), fields)
        if value is not None:
            found[member] = value
    return found


def _list(shape: ListShape, name: str, fields: Fields) -> list[Any]:
    flat = shape.serialization.get("flattened")
    element = "" if flat else "." + shape.member.serialization.get("name", "member")
    return _numbered(f"{name}{element}.", fields, lambda each: _value(shape.member, each, fields))


def _map(shape: MapShape, name: str, fields: Fields) -> dict[str, Any]:
    entry = "" if shape.serialization.get("flattened") else ".entry"
    key = shape.key.serialization.get("name", "key")
    value = shape.value.serialization.get("name", "value")

    def pair(each: str) -> tuple[str, Any] | None:
        found = fields.get(f"{each}.{key}")
        return None if found is None else (found, _value(shape.value, f"{each}.{value}", fields))

    return dict(_numbered(f"{name}{entry}.", fields, pair))


def _numbered(prefix: str, fields: Fields, read_one: Callable[[str], Any]) -> list[Any]:
    """What is under `prefix` 1, 2, … up to the first number that has nothing."""
    found: list[Any] = []
    while (value := read_one(f"{prefix}{len(found) + 1}")) is not None:
        found.append(value)
    return found


def _scalar(shape: Shape, text: str, name: str) -> Any:
    convert = CONVERTERS.get(shape.type_name)
    try:
        return convert(text) if convert else text
    except (ValueError, KeyError, OverflowError, binascii.Error):
        raise SerializationFailed(f"{name} is not of the type {shape.type_name}") from None


def _timestamp(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


CONVERTERS: Mapping[str, Callable[[str], Any]] = {
    "boolean": lambda text: {"true": True, "false": False}[text.lower()],
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "blob": lambda text: base64.b64decode(text, validate=True),
    "timestamp": _timestamp,
}
