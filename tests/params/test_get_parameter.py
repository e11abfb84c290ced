"""GetParameter and GetParameters: names, versions, labels, and what is not there."""

import base64

import pytest

from tests.keys.using import refused
from tests.params.using import arn

pytestmark = pytest.mark.django_db


@pytest.fixture
def versions(ssm):
    """`/a/p` with three versions, the first of them labelled."""
    ssm.put("/a/p", "one")
    ssm.put("/a/p", "two", Overwrite=True)
    ssm.put("/a/p", "three", Overwrite=True)
    ssm("LabelParameterVersion", Name="/a/p", Labels=["first"], ParameterVersion=1)


@pytest.mark.parametrize(
    ("asked", "told", "value", "selector"),
    [
        ("/a/p", "/a/p", "three", None),
        ("/a/p:3", "/a/p", "three", ":3"),
        ("/a/p:1", "/a/p", "one", ":1"),
        ("/a/p:first", "/a/p", "one", ":first"),
        (arn("a/p"), "/a/p", "three", None),
        (arn("a/p:2"), "/a/p", "two", ":2"),
    ],
)
def test_a_version_is_read_by_each_of_its_names(ssm, versions, asked, told, value, selector):
    found = ssm.get(asked)

    assert (found.name, found.value, found.selector) == (told, value, selector)
    assert found.arn == arn("a/p")


def test_the_name_is_told_as_it_was_asked_for_but_by_arn_as_it_was_made(ssm):
    ssm.put("p")

    assert [ssm.get(name).name for name in ("p", "/p", arn("p"))] == ["p", "/p", "p"]


@pytest.mark.parametrize("name", ["/a/q", "/a/q:1", "/a/p:1:2", "/a", arn("a/q")])
def test_a_parameter_that_is_not_there_is_an_error_without_a_message(ssm, versions, name):
    with refused("ParameterNotFound", ""):
        ssm.get(name)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("/a/p:4", "version 4"),
        ("/a/p:0", "version 0"),
        ("/a/p:99999999999999999999", "version 99999999999999999999"),
        ("/a/p:last", "label last"),
    ],
)
def test_a_version_that_is_not_there_is_told_so(ssm, versions, name, what):
    message = f"Systems Manager could not find {what} of /a/p. Verify the {what.split()[0]} and"
    with refused("ParameterVersionNotFound", f"{message} try again."):
        ssm.get(name)


def test_a_batch_is_told_in_the_order_of_names_with_what_is_not_there(ssm, versions):
    ssm.put("z")
    asked = ["z", "/a/p:4", "/a/p", "/a/p:first", "gone", "z", arn("gone"), arn("a/p")]

    told = ssm("GetParameters", Names=asked)

    assert [(each.name, each.version) for each in told.parameters] == [
        ("/a/p", 1),
        ("/a/p", 3),
        ("/a/p", 3),
        ("z", 1),
    ]
    assert told.invalid_parameters == ("/a/p:4", "gone", arn("gone"))


@pytest.mark.parametrize("name", ["a/b/c", "/a//b", "/ssm/x"])
def test_what_is_no_name_is_refused_alone_and_in_a_batch(ssm, name):
    with refused("ValidationException"):
        ssm.get(name)
    with refused("ValidationException"):
        ssm("GetParameters", Names=["p", name])


def test_a_batch_has_ten_names_at_most(ssm):
    with refused("ValidationException"):
        ssm("GetParameters", Names=[f"p{number}" for number in range(11)])


def test_decryption_changes_nothing_of_a_string(ssm):
    ssm.put("p", "plain")

    assert ssm.get("p", WithDecryption=True).value == "plain"


def test_each_version_of_a_secure_string_opens_whatever_its_tier(ssm):
    ssm.put("s", "one", Type="SecureString")
    ssm.put("s", "two" * 2000, Overwrite=True, Tier="Advanced")

    told = ssm("GetParameters", Names=["s:1", "s:2"], WithDecryption=True).parameters
    assert [each.value for each in told] == ["one", "two" * 2000]
    closed = ssm("GetParameters", Names=["s:1", "s:2"]).parameters
    assert all(base64.b64decode(each.value) for each in closed)


def test_parameters_of_another_account_or_region_are_not_there(ssm):
    ssm.put("p")

    with refused("ParameterNotFound"):
        ssm.at(region="eu-west-1").get("p")
    with refused("AccessDeniedException"):
        ssm.get(arn("p", account="210987654321"))
