"""Between AWS-shaped values (dicts with AWS's member names) and typed values (`service.value`).

A field `key_id` is AWS's member `KeyId`; one whose AWS name cannot be derived so says
it: `field(metadata={"aws": "XksKeyId"})`. A tuple field is a list, a nested dataclass a
structure, a Mapping a map. Absent members take the field's default; unknown ones are
ignored, as AWS does. Codecs are compiled once for each class.
"""

import dataclasses
import types
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

_PLAIN = frozenset({str, bytes, int, bool, float, datetime})  # the same on both sides


def aws_name(field: "dataclasses.Field[Any]") -> str:
    """The AWS member that a field stands for."""
    given: str | None = field.metadata.get("aws")
    return given or "".join(word.capitalize() for word in field.name.split("_"))


def decode(cls: type[T], params: Mapping[str, Any]) -> T:
    """`params`, held against the model before, as `cls`."""
    values = {}
    for member, name, convert in _decoders(cls):  # type: ignore[arg-type]
        value = params.get(member)
        if value is not None:
            values[name] = convert(value) if convert else value
    return cls(**values)


def encode(value: Any) -> Any:
    """A dataclass as an AWS-shaped dict without its absent (None) members; also nested."""
    if isinstance(value, (str, bytes, int)) or value is None:
        return value
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if isinstance(value, Mapping):
        return {key: encode(item) for key, item in value.items()}
    if not dataclasses.is_dataclass(value):
        return value
    found = {}
    for member, name, is_plain in _encoders(type(value)):  # type: ignore[arg-type]
        item = getattr(value, name)
        if item is not None:
            found[member] = item if is_plain else encode(item)
    return found


@cache
def _encoders(cls: type[Any]) -> tuple[tuple[str, str, bool], ...]:
    hints = get_type_hints(cls)
    return tuple(
        (aws_name(field), field.name, _present(hints[field.name]) in _PLAIN)
        for field in dataclasses.fields(cls)
    )


@cache
def _decoders(cls: type[Any]) -> tuple[tuple[str, str, Callable[[Any], Any] | None], ...]:
    hints = get_type_hints(cls)
    return tuple(
        (aws_name(field), field.name, _converter(hints[field.name]))
        for field in dataclasses.fields(cls)
    )


def _converter(hint: Any) -> Callable[[Any], Any] | None:
    """What turns a wire value into `hint`; None where it already is one."""
    hint = _present(hint)
    if get_origin(hint) is tuple:
        inner = _converter(get_args(hint)[0])
        return tuple if inner is None else lambda items: tuple(inner(item) for item in items)
    if dataclasses.is_dataclass(hint):
        cls: type[Any] = hint  # type: ignore[assignment]
        return lambda item: decode(cls, item)
    return None


def _present(hint: Any) -> Any:
    """The type of a value that is there: `str` of `str | None`."""
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (choice for choice in get_args(hint) if choice is not types.NoneType)
    return hint
