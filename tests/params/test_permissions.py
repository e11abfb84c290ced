"""What each operation asks for, and the condition keys that requests and parameters answer."""

import pytest

from service.errors import AccessDenied
from tests.keys.using import refused
from tests.params.using import Ssm, arn
from tests.support import people

pytestmark = pytest.mark.django_db

EVERYTHING = f"arn:aws:ssm:us-east-1:{people.ACCOUNT}:*"
TAGS = [{"Key": "team", "Value": "blue"}]
OF_P = {"ResourceType": "Parameter", "ResourceId": "/a/p"}

ASKED = {
    "AddTagsToResource": ({**OF_P, "Tags": TAGS}, arn("a/p")),
    "DeleteParameter": ({"Name": "/a/p"}, arn("a/p")),
    "DeleteParameters": ({"Names": ["/a/p"]}, arn("a/p")),
    "DescribeParameters": ({}, EVERYTHING),
    "GetParameter": ({"Name": "/a/p:1"}, arn("a/p")),
    "GetParameterHistory": ({"Name": "/a/p"}, arn("a/p")),
    "GetParameters": ({"Names": ["/a/p"]}, arn("a/p")),
    "GetParametersByPath": ({"Path": "/a/"}, arn("a/")),
    "LabelParameterVersion": ({"Name": "/a/p", "Labels": ["x"]}, arn("a/p")),
    "ListTagsForResource": (OF_P, arn("a/p")),
    "PutParameter": ({"Name": "/a/p", "Value": "x", "Overwrite": True}, arn("a/p")),
    "RemoveTagsFromResource": ({**OF_P, "TagKeys": ["x"]}, arn("a/p")),
    "UnlabelParameterVersion": (
        {"Name": "/a/p", "ParameterVersion": 1, "Labels": ["x"]},
        arn("a/p"),
    ),
}


def user(*statements, name: str = "ann") -> Ssm:
    made = people.user(name)
    if statements:
        people.attach(made, *statements)
    return Ssm(made)


@pytest.mark.parametrize("name", ASKED)
def test_an_operation_asks_for_itself_on_what_it_is_about(ssm, name):
    ssm.put("/a/p")
    given, resource = ASKED[name]
    may = people.statement("Allow", f"ssm:{name}", resource=resource)

    user(may)(name, **given)
    with refused("AccessDeniedException"):
        user(people.statement("Allow", "ssm:*", resource=arn("x")), name="bob")(name, **given)


@pytest.mark.parametrize("name", sorted(ASKED.keys() - {"DescribeParameters"}))
def test_who_may_not_does_not_learn_whether_a_parameter_is_there(ssm, name):
    given, _ = ASKED[name]
    nobody = user()
    told = set()
    for _ in range(2):
        with pytest.raises(AccessDenied) as raised:
            nobody(name, **given)
        told.add(str(raised.value))
        ssm.put("/a/p", Overwrite=True, Type="String")

    assert len(told) == 1


def test_a_batch_is_refused_if_one_of_it_is(ssm):
    for name in ("a", "b"):
        ssm.put(name)
    ann = user(people.statement("Allow", "ssm:GetParameters", resource=arn("a")))

    assert len(ann("GetParameters", Names=["a"]).parameters) == 1
    with refused("AccessDeniedException"):
        ann("GetParameters", Names=["a", "b"])


def test_permission_on_a_path_covers_what_is_below_it(ssm):
    """Even what is denied by its own name, as AWS says."""
    for name in ("/a/p", "/a/b/p", "/c/p"):
        ssm.put(name)
    ann = user(
        people.statement("Allow", "ssm:GetParametersByPath", resource=arn("a")),
        people.statement("Deny", "ssm:*", resource=arn("a/b*")),
    )

    told = ann("GetParametersByPath", Path="/a", Recursive=True).parameters
    assert [each.name for each in told] == ["/a/b/p", "/a/p"]
    for path in ("/a/b", "/c", "/"):
        with refused("AccessDeniedException"):
            ann("GetParametersByPath", Path=path, Recursive=True)


def test_a_path_is_asked_for_as_it_is_written(ssm):
    ssm.put("/a/p")
    ann = user(people.statement("Allow", "ssm:GetParametersByPath", resource=arn("a/*")))

    root = user(
        people.statement("Allow", "ssm:GetParametersByPath", resource=arn("")), name="root-reader"
    )

    assert len(ann("GetParametersByPath", Path=" /a/ ").parameters) == 1
    assert root("GetParametersByPath", Path="/", Recursive=True).parameters
    with refused("AccessDeniedException"):
        ann("GetParametersByPath", Path="/a")


def test_tags_with_a_put_ask_for_the_permission_to_tag(ssm):
    ann = user(people.statement("Allow", "ssm:PutParameter"))

    ann.put("p")
    with refused("AccessDeniedException"):
        ann.put("q", Tags=TAGS)


def _deny(action: str, key: str, value: str) -> dict:
    return people.statement("Deny", action, Condition={"StringEquals": {key: value}})


@pytest.mark.parametrize(
    ("key", "value", "refused_with", "taken_with"),
    [
        ("ssm:Overwrite", "true", {"Overwrite": True}, {"Name": "new"}),
        ("ssm:Overwrite", "false", {"Name": "new"}, {"Overwrite": True}),
        (
            "ssm:Policies",
            "true",
            {"Name": "new", "Policies": "[]"},
            {"Name": "new"},
        ),
        ("aws:RequestTag/team", "blue", {"Name": "new", "Tags": TAGS}, {"Name": "new"}),
        ("aws:ResourceTag/team", "blue", {"Overwrite": True}, {"Name": "new"}),
        ("ssm:resourceTag/team", "blue", {"Overwrite": True}, {"Name": "new"}),
    ],
)
def test_a_put_answers_conditions(ssm, key, value, refused_with, taken_with):
    ssm.put("p", Tags=TAGS)
    ann = user(people.statement("Allow", "ssm:*"), _deny("ssm:PutParameter", key, value))
    given = {"Name": "p", "Value": "x", "Type": "String"}

    with refused("AccessDeniedException"):
        ann("PutParameter", **{**given, **refused_with})
    ann("PutParameter", **{**given, **taken_with})


def test_a_path_answers_whether_it_is_recursive(ssm):
    ann = user(
        people.statement("Allow", "ssm:*"),
        _deny("ssm:GetParametersByPath", "ssm:Recursive", "true"),
    )

    ann("GetParametersByPath", Path="/a")
    with refused("AccessDeniedException"):
        ann("GetParametersByPath", Path="/a", Recursive=True)


@pytest.mark.parametrize("name", ["GetParameter", "DeleteParameter", "ListTagsForResource"])
def test_a_parameter_answers_its_tags(ssm, name):
    for parameter, tags in {"p": TAGS, "q": []}.items():
        ssm.put(parameter, Tags=tags)
    only = people.statement(
        "Allow", f"ssm:{name}", Condition={"StringEquals": {"aws:ResourceTag/team": "blue"}}
    )
    ann = user(only)

    def given(parameter: str) -> dict:
        if name == "ListTagsForResource":
            return {"ResourceType": "Parameter", "ResourceId": parameter}
        return {"Name": parameter}

    ann(name, **given("p"))
    with refused("AccessDeniedException"):
        ann(name, **given("q"))


def test_requests_on_tags_answer_the_keys_they_bring(ssm):
    ssm.put("p")
    ann = user(
        people.statement("Allow", "ssm:*"),
        people.statement(
            "Deny", "ssm:*", Condition={"ForAnyValue:StringEquals": {"aws:TagKeys": "team"}}
        ),
    )
    of = {"ResourceType": "Parameter", "ResourceId": "p"}

    with refused("AccessDeniedException"):
        ann("AddTagsToResource", **of, Tags=TAGS)
    with refused("AccessDeniedException"):
        ann("RemoveTagsFromResource", **of, TagKeys=["team"])
    ann("AddTagsToResource", **of, Tags=[{"Key": "app", "Value": "x"}])
    ann("RemoveTagsFromResource", **of, TagKeys=["app"])
