"""From JSON values to AWS-shaped parameters: blobs as bytes, timestamps as datetimes.

Readers are compiled from botocore's shapes once. They hold values against the types of the
model only; lengths, ranges and patterns are the road's to check. Members that the model
does not know are ignored, as AWS does. No error repeats a value.
"""

import binascii
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from service.errors import SerializationFailed

Reader = Callable[[Any], Any]

TOKENS: Mapping[type, str] = {
    bool: "BOOLEAN_VALUE",
    int: "NUMBER_VALUE",
    float: "NUMBER_VALUE",
    str: "STRING_VALUE",
    list: "START_ARRAY",
    dict: "START_OBJECT",
}


@cache
def reader(shape: Shape | None) -> Reader:
    """Reads values of the shape; without one, any object is read as no parameters."""
    if shape is None:
        return lambda value: {}
    return _Readers().of(shape)


class _Readers:
    def __init__(self) -> None:
        self._known: dict[str, Reader | None] = {}

    def of(self, shape: Shape) -> Reader:
        if shape.name not in self._known:
            self._known[shape.name] = None  # while it is made: a shape may contain itself
            self._known[shape.name] = self._compiled(shape)
        return self._known[shape.name] or (lambda value: self.of(shape)(value))

    def _compiled(self, shape: Shape) -> Reader:
        if isinstance(shape, StructureShape):
            return _structure({name: self.of(each) for name, each in shape.members.items()})
        if isinstance(shape, ListShape):
            return _list(self.of(shape.member))
        if isinstance(shape, MapShape):
            return _map(self.of(shape.value))
        return SCALARS[shape.type_name]


def _structure(members: Mapping[str, Reader]) -> Reader:
    def read(value: Any) -> dict[str, Any]:
        return {
            name: members[name](item)
            for name, item in _of_type(dict, value, "a structure").items()
            if item is not None and name in members
        }

    return read


def _list(inner: Reader) -> Reader:
    def read(value: Any) -> list[Any]:
        items = _of_type(list, value, "a list")
        return [None if item is None else inner(item) for item in items]

    return read


def _map(inner: Reader) -> Reader:
    def read(value: Any) -> dict[str, Any]:
        items = _of_type(dict, value, "a map").items()
        return {key: None if item is None else inner(item) for key, item in items}

    return read


def _of_type(kind: type, value: Any, wanted: str) -> Any:
    if type(value) is not kind:  # exactly: to Python, true is an integer
        raise SerializationFailed(f"{TOKENS[type(value)]} can not be converted to {wanted}")
    return value


def _string(value: Any) -> Any:
    return _of_type(str, value, "a String")


def _boolean(value: Any) -> Any:
    return _of_type(bool, value, "a Boolean")


def _whole_number(bits: int, wanted: str) -> Reader:
    def read(value: Any) -> int:
        number: int = _of_type(int, value, wanted)
        if not -(1 << bits) <= number < 1 << bits:
            raise SerializationFailed(f"The number is too large for {wanted}")
        return number

    return read


def _number(value: Any) -> float:
    return float(value if type(value) is int else _of_type(float, value, "a Double"))


def _blob(value: Any) -> bytes:
    try:
        return binascii.a2b_base64(_of_type(str, value, "a Blob"), strict_mode=True)
    except (binascii.Error, ValueError):
        raise SerializationFailed("A Blob must be base64") from None


def _timestamp(value: Any) -> datetime:
    try:
        return datetime.fromtimestamp(_number(value), UTC)
    except (ValueError, OverflowError, OSError):
        raise SerializationFailed("The number is no Timestamp") from None


SCALARS: Mapping[str, Reader] = {
    "string": _string,
    "character": _string,
    "boolean": _boolean,
    "integer": _whole_number(31, "an Integer"),
    "long": _whole_number(63, "a Long"),
    "float": _number,
    "double": _number,
    "blob": _blob,
    "timestamp": _timestamp,
}
