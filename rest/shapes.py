"""JSON schemas of operations' inputs and outputs.

The members come from the dataclasses, so that the schema tells what is built; what a value
may be (lengths, ranges, enums, patterns) from botocore's model, which the road checks.
"""

import dataclasses
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any, get_args, get_origin

from botocore.model import Shape

from rest import members
from service import model
from service.wire import aws_name

Schema = dict[str, Any]
Register = Callable[[str, Schema], Schema]

PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    bytes: {"type": "string", "contentEncoding": "base64"},
    datetime: {"type": "string", "format": "date-time"},
}
BOUNDS = {
    "string": {"min": "minLength", "max": "maxLength", "pattern": "pattern"},
    "integer": {"min": "minimum", "max": "maximum"},
    "array": {"min": "minItems", "max": "maxItems"},
}


@cache
def shapes_of(operation: str) -> tuple[Shape | None, Shape | None]:
    """botocore's shapes of an operation's input and output ("kms:Encrypt")."""
    asked = model.operation(operation)
    return asked.input_shape, asked.output_shape


class Describe:
    """Makes schemas; nested structures become components, made known through `register`.

    A component's name begins with its service's, for several services have a Tag. Lists in
    answers may be empty, whatever the model says: AWS's are.
    """

    def __init__(self, service: str, register: Register, *, answers: bool = False) -> None:
        self._prefix = "".join(word.capitalize() for word in service.split("-"))
        self._register = register
        self._answers = answers

    def members(self, cls: type[Any], shape: Shape | None, names: Iterable[str]) -> Schema:
        """An object of those members of `cls` that `names` has."""
        known = {field.name: field for field in dataclasses.fields(cls)}
        chosen = [known[name] for name in known if name in set(names)]
        schema: Schema = {
            "type": "object",
            "properties": {
                field.name: self.member(field, members.hints_of(cls)[field.name], shape)
                for field in chosen
            },
        }
        if required := [field.name for field in chosen if _is_required(field)]:
            schema["required"] = required
        return schema

    def member(self, field: "dataclasses.Field[Any]", hint: Any, shape: Shape | None) -> Schema:
        if field.name in members.DOCUMENTS:
            return {"type": "object"}
        inner = getattr(shape, "members", {}).get(aws_name(field))
        return self._value(hint, inner)

    def _value(self, hint: Any, shape: Shape | None) -> Schema:
        if dataclasses.is_dataclass(hint):
            names = members.hints_of(hint)
            name = self._prefix + hint.__name__  # type: ignore[union-attr]
            return self._register(name, self.members(hint, shape, names))  # type: ignore[arg-type]
        if get_origin(hint) is tuple:
            items = self._value(get_args(hint)[0], getattr(shape, "member", None))
            schema = _bounded({"type": "array", "items": items}, shape)
            if self._answers:
                schema.pop("minItems", None)
            return schema
        if hint in PLAIN:
            return _bounded(dict(PLAIN[hint]), shape)
        told = self._value(get_args(hint)[1], getattr(shape, "value", None))
        return {"type": "object", "additionalProperties": told}


def _bounded(schema: Schema, shape: Shape | None) -> Schema:
    metadata = dict(shape.metadata) if shape else {}
    if "enum" in metadata:
        return {**schema, "enum": metadata["enum"]}
    if "contentEncoding" in schema:  # a blob's bounds count its bytes, not their base64
        return schema
    bounds = BOUNDS.get(schema["type"], {})
    if r"\p{" in metadata.get("pattern", ""):  # not every reader of JSON Schema knows these
        del metadata["pattern"]
    if "pattern" in metadata:  # AWS's is of the whole text, JSON Schema's of any part of it
        metadata["pattern"] = f"^(?:{metadata['pattern']})$"
    return {**schema, **{bounds[name]: metadata[name] for name in bounds if name in metadata}}


def _is_required(field: "dataclasses.Field[Any]") -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing
