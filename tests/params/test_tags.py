"""Tags of parameters."""

import pytest

from tests.keys.using import refused

pytestmark = pytest.mark.django_db

OF_P = {"ResourceType": "Parameter", "ResourceId": "p"}


@pytest.fixture(autouse=True)
def _parameter(ssm):
    ssm.put("/p")


def add(ssm, **tags):
    given = [{"Key": key, "Value": value} for key, value in tags.items()]
    ssm("AddTagsToResource", **OF_P, Tags=given)


def tags(ssm):
    told = ssm("ListTagsForResource", ResourceType="Parameter", ResourceId="/p").tag_list
    return [(tag.key, tag.value) for tag in told]


def test_tags_are_added_changed_in_their_place_and_removed(ssm):
    add(ssm, team="blue", app="x")
    add(ssm, more="", team="red")
    assert tags(ssm) == [("team", "red"), ("app", "x"), ("more", "")]

    ssm("RemoveTagsFromResource", **OF_P, TagKeys=["app", "none"])
    assert tags(ssm) == [("team", "red"), ("more", "")]


def test_tags_go_with_their_parameter(ssm):
    add(ssm, team="blue")
    ssm("DeleteParameter", Name="p")
    ssm.put("p")

    assert tags(ssm) == []


def test_a_parameter_has_fifty_tags_at_most(ssm):
    add(ssm, **{f"t{number}": "" for number in range(50)})
    add(ssm, t1="again")

    with refused("TooManyTagsError"):
        add(ssm, one="more")
    with refused("TooManyTagsError"):
        ssm.put("q", Tags=[{"Key": f"t{number}", "Value": ""} for number in range(51)])


@pytest.mark.parametrize("given", [{"aws:x": ""}, {"AWS:x": ""}, {"a": "", "A": ""}, {"TEAM": "x"}])
def test_keys_that_may_not_be_are_refused(ssm, given):
    add(ssm, team="blue")

    with refused("ValidationException"):
        add(ssm, **given)
    assert tags(ssm) == [("team", "blue")]


@pytest.mark.parametrize(
    "name", ["AddTagsToResource", "RemoveTagsFromResource", "ListTagsForResource"]
)
@pytest.mark.parametrize(
    ("kind", "resource", "code"),
    [
        ("Parameter", "q", "InvalidResourceId"),
        ("Parameter", "a/b", "InvalidResourceId"),
        ("Parameter", "p:1", "InvalidResourceId"),
        ("Document", "p", "InvalidResourceType"),
        ("Nothing", "p", "ValidationException"),
    ],
)
def test_what_is_not_there_has_none(ssm, name, kind, resource, code):
    given = {
        "AddTagsToResource": {"Tags": [{"Key": "a", "Value": "b"}]},
        "RemoveTagsFromResource": {"TagKeys": ["a"]},
        "ListTagsForResource": {},
    }[name]
    with refused(code):
        ssm(name, ResourceType=kind, ResourceId=resource, **given)
