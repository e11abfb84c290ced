"""Between REST's members and AWS's: names in snake_case, blobs in base64, times in ISO 8601.

An operation's input and output dataclasses say it all: a field's name is REST's member,
`service.wire.aws_name` is AWS's. Members whose text is a JSON document of its own
(`DOCUMENTS`) are told and taken as JSON objects.

Only what the kind of a member demands is held here; lengths, patterns and enums are the
road's to check.
"""

import base64
import binascii
import dataclasses
import json
import re
import types
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from service.errors import SerializationFailed, ValidationFailed
from service.wire import aws_name

_INTEGER = re.compile(r"-?\d{1,10}", re.ASCII)
DOCUMENTS = frozenset({"policy", "replica_policy", "resource_policy", "cloud_trail_event"})


def hints_of(cls: Any) -> dict[str, Any]:
    """Each field of `cls` with its type, `None` taken away from optional ones."""
    return _hints(cls)


@cache
def _hints(cls: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(cls)
    return {field.name: _required(hints[field.name]) for field in dataclasses.fields(cls)}


@cache
def _aws_names(cls: type[Any]) -> dict[str, str]:
    return {field.name: aws_name(field) for field in dataclasses.fields(cls)}


def _required(hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (choice for choice in get_args(hint) if choice is not types.NoneType)
    return hint


def read(cls: Any, given: Mapping[str, Any], where: str = "") -> dict[str, Any]:
    """JSON members as AWS-shaped params for `cls`; null is absent.

    Raises ValidationFailed for a member that `cls` has not, SerializationFailed for one of
    the wrong kind.
    """
    hints, names = hints_of(cls), _aws_names(cls)
    params = {}
    for name, value in given.items():
        if name not in hints:
            raise ValidationFailed(f"Unknown member: {where}{name[:64]}")
        if value is not None:
            params[names[name]] = _read(hints[name], value, f"{where}{name}")
    return params


def _read(hint: Any, value: Any, name: str) -> Any:
    if hint is bytes:
        return _blob(value, name)
    if hint is datetime:
        return _time(value, name)
    if hint is str and name in DOCUMENTS:
        return json.dumps(_kind(dict, value, name), ensure_ascii=False, separators=(",", ":"))
    if get_origin(hint) is tuple:
        inner = get_args(hint)[0]
        items = enumerate(_kind(list, value, name))
        return [_read(inner, item, f"{name}.{number}") for number, item in items]
    if dataclasses.is_dataclass(hint):
        return read(hint, _kind(dict, value, name), f"{name}.")
    if hint is int:
        return _integer(value, name)
    if hint is str or hint is bool:
        return _kind(hint, value, name)
    return {key: _kind(str, item, name) for key, item in _kind(dict, value, name).items()}


KINDS = {
    str: "a string",
    int: "an integer",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}


def _kind(kind: type[Any], value: Any, name: str) -> Any:
    if type(value) is not kind:  # exactly: to Python, true is an integer
        raise SerializationFailed(f"{name} must be {KINDS[kind]}")
    return value


def _integer(value: Any, name: str) -> int:
    number: int = _kind(int, value, name)
    if not -(2**31) <= number < 2**31:
        raise SerializationFailed(f"{name} must be an integer of 32 bits")
    return number


def _blob(value: Any, name: str) -> bytes:
    try:
        return base64.b64decode(_kind(str, value, name), validate=True)
    except (binascii.Error, ValueError):
        raise SerializationFailed(f"{name} must be base64") from None


def _time(value: Any, name: str) -> datetime:
    text = _kind(str, value, name)
    try:
        time = datetime.fromisoformat(text)
        if time.tzinfo is not None:
            return time.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise SerializationFailed(f"{name} must be a time with a zone, as 2026-01-31T23:59:59Z")


def from_text(hint: Any, text: str, name: str) -> Any:
    """The JSON value that `text`, out of a query string, stands for."""
    if hint is bool and text in ("true", "false"):
        return text == "true"
    if hint is int:
        if not _INTEGER.fullmatch(text):
            raise SerializationFailed(f"{name} must be {KINDS[int]}")
        return int(text)
    return text


def write(value: Any, name: str = "") -> Any:
    """An operation's output as JSON members, without those that are absent."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, str) and name in DOCUMENTS:
        return json.loads(value)
    if isinstance(value, (list, tuple)):
        return [write(item) for item in value]
    if isinstance(value, Mapping):
        return {key: write(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value):
        members = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {name: write(item, name) for name, item in members if item is not None}
    return value
