"""Inputs, outputs and errors, held against botocore's models of IAM and STS."""

import dataclasses
from typing import Any, get_type_hints

import pytest

from iam import errors
from kms_project.operations import OPERATIONS
from service import model
from service.errors import ServiceError
from service.wire import aws_name
from tests.keys.test_shapes import KINDS, _kind, _structures

# those of the REST door have members of their own
OF_IAM = sorted(
    name
    for name, operation in OPERATIONS.items()
    if name.startswith(("iam:", "sts:")) and not operation.__module__.startswith("rest.")
)
NOT_ANSWERED = {
    "Marker",  # of answers that have one page
    "PasswordLastUsed",
    "RoleLastUsed",
    "SourceRoleTemplate",
}
# what AWS's lists leave out: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html
OF_IAM_ERRORS = [
    error
    for error in vars(errors).values()
    if isinstance(error, type)
    and issubclass(error, ServiceError)
    and "code" in vars(error)
    and error.code in {shape.name for shape in model.service("iam").error_shapes}
]


def structures(cls: Any, shape: Any):
    return () if dataclasses.fields(cls) == () and shape is None else _structures(cls, shape)


@pytest.mark.parametrize("name", OF_IAM)
def test_an_input_has_every_member_of_awss(name):
    for cls, shape in structures(OPERATIONS[name].Input, model.operation(name).input_shape):
        fields = {aws_name(field): field for field in dataclasses.fields(cls)}
        assert set(fields) == set(shape.members)
        for member, field in fields.items():
            needed = field.default is dataclasses.MISSING
            assert needed == (member in shape.required_members), member
        hints = get_type_hints(cls)
        for member, field in fields.items():
            assert _kind(hints[field.name]).__name__ == KINDS[shape.members[member].type_name]


@pytest.mark.parametrize("name", OF_IAM)
def test_an_output_has_awss_members(name):
    for cls, shape in structures(OPERATIONS[name].Output, model.operation(name).output_shape):
        fields = {aws_name(field): field for field in dataclasses.fields(cls)}
        assert set(shape.required_members) <= set(fields)
        assert set(shape.members) - set(fields) <= NOT_ANSWERED
        hints = get_type_hints(cls)
        for member, field in fields.items():
            assert _kind(hints[field.name]).__name__ == KINDS[shape.members[member].type_name]
            if shape.members[member].metadata.get("sensitive"):
                assert not field.repr, member


@pytest.mark.parametrize("error", OF_IAM_ERRORS)
def test_an_error_has_awss_code_and_status(error):
    trait = model.service("iam").shape_for(error.code).metadata["error"]

    assert (error.query_code, error.status) == (trait["code"], trait["httpStatusCode"])


def test_there_are_errors_to_hold():
    assert len(OF_IAM_ERRORS) >= 6
