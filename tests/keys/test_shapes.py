"""Inputs and outputs, held against botocore's models of KMS and of Parameter Store."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from botocore.model import Shape, StructureShape

from kms_project.operations import OPERATIONS
from service import model
from service.operation import Operation
from service.wire import aws_name

HELD = sorted(name for name in OPERATIONS if name.startswith(("kms:", "ssm:")))
# the answers for Nitro enclaves, which are refused
NOT_ANSWERED = {
    "CiphertextForRecipient",
    "NextMarker",  # of ListKeyPolicies, which has one page
}


def _output(operation: type[Operation[Any, Any]]) -> type[Any]:
    return operation.Output


def _structures(cls: type[Any], shape: Shape | None) -> Iterator[tuple[type[Any], StructureShape]]:
    """`cls` and every dataclass within, each with the shape it stands for."""
    if shape is None:
        assert not dataclasses.fields(cls)
        return
    assert isinstance(shape, StructureShape)
    yield cls, shape
    hints = get_type_hints(cls)
    for field in dataclasses.fields(cls):
        assert aws_name(field) in shape.members, f"{cls.__name__}.{field.name} is not AWS's"
        member = shape.members[aws_name(field)]
        inner = _inner(hints[field.name])
        if dataclasses.is_dataclass(inner):
            assert isinstance(inner, type)
            yield from _structures(inner, member.member if member.type_name == "list" else member)


def _inner(hint: Any) -> Any:
    """The type of a member, or of the items of a list."""
    if type(None) in get_args(hint):
        (hint,) = (choice for choice in get_args(hint) if choice is not type(None))
    assert get_origin(hint) is not Union
    return get_args(hint)[0] if get_origin(hint) is tuple else hint


def _kind(hint: Any) -> type[Any]:
    if type(None) in get_args(hint):
        (hint,) = (choice for choice in get_args(hint) if choice is not type(None))
    origin = get_origin(hint)
    if origin is None and dataclasses.is_dataclass(hint):
        return dict
    return {tuple: list, Mapping: dict, None: hint}.get(origin, origin)


KINDS = {
    "string": "str",
    "blob": "bytes",
    "boolean": "bool",
    "integer": "int",
    "long": "int",
    "timestamp": "datetime",
    "list": "list",
    "map": "dict",
    "structure": "dict",
}


@pytest.mark.parametrize("name", HELD)
def test_an_input_has_every_member_of_awss(name):
    operation = OPERATIONS[name]

    for cls, shape in _structures(operation.Input, model.operation(name).input_shape):
        fields = {aws_name(field): field for field in dataclasses.fields(cls)}
        assert set(fields) == set(shape.members)
        for member in shape.required_members:
            assert fields[member].default is dataclasses.MISSING
            assert fields[member].default_factory is dataclasses.MISSING
        hints = get_type_hints(cls)
        for member, field in fields.items():
            kind = KINDS[shape.members[member].type_name]
            assert _kind(hints[field.name]).__name__ == kind, member


@pytest.mark.parametrize("name", HELD)
def test_an_output_has_awss_members(name):
    output = _output(OPERATIONS[name])

    for cls, shape in _structures(output, model.operation(name).output_shape):
        names = {aws_name(field) for field in dataclasses.fields(cls)}
        assert set(shape.required_members) <= names
        assert set(shape.members) - names <= NOT_ANSWERED
        hints = get_type_hints(cls)
        for field in dataclasses.fields(cls):
            kind = KINDS[shape.members[aws_name(field)].type_name]
            assert _kind(hints[field.name]).__name__ == kind, field.name


@pytest.mark.parametrize("name", HELD)
def test_what_is_secret_does_not_show_in_a_repr(name):
    operation = OPERATIONS[name]
    shapes = model.operation(name)
    both = ((operation.Input, shapes.input_shape), (_output(operation), shapes.output_shape))

    for top, top_shape in both:
        for cls, shape in _structures(top, top_shape):
            for field in dataclasses.fields(cls):
                if shape.members[aws_name(field)].metadata.get("sensitive"):
                    assert not field.repr, field.name
