"""Deleting parameters."""

import pytest

from params.models import Label, Parameter, ParameterTag, ParameterVersion
from tests.keys.using import refused
from tests.params.using import arn

pytestmark = pytest.mark.django_db


def test_a_deleted_parameter_leaves_nothing_and_its_name_is_free(ssm):
    ssm.put("/a/p", Tags=[{"Key": "a", "Value": "b"}])
    ssm("LabelParameterVersion", Name="/a/p", Labels=["x"])
    ssm.put("/a/p", Overwrite=True)

    ssm("DeleteParameter", Name="/a/p")

    for model in (Parameter, ParameterVersion, Label, ParameterTag):
        assert not model.objects.exists()
    with refused("ParameterNotFound", ""):
        ssm.get("/a/p")
    assert ssm.put("/a/p").version == 1


@pytest.mark.parametrize("name", ["q", "/a", "/a/p/q"])
def test_what_is_not_there_cannot_be_deleted(ssm, name):
    ssm.put("/a/p")

    with refused("ParameterNotFound", ""):
        ssm("DeleteParameter", Name=name)


@pytest.mark.parametrize("name", ["/a//b", "p:1", arn("p")])
def test_what_is_no_name_is_refused(ssm, name):
    with refused("ValidationException"):
        ssm("DeleteParameter", Name=name)
    with refused("ValidationException"):
        ssm("DeleteParameters", Names=[name])


def test_a_batch_tells_what_was_deleted_and_what_was_not_there(ssm):
    for name in ("a", "/b", "c"):
        ssm.put(name)

    told = ssm("DeleteParameters", Names=["/c", "gone", "b", "b", "/b"])

    assert (told.deleted_parameters, told.invalid_parameters) == (("b", "/c"), ("/b", "gone"))
    assert list(Parameter.objects.values_list("name", flat=True)) == ["a"]
