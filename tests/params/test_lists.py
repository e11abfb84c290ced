"""DescribeParameters, GetParametersByPath and GetParameterHistory: what they tell."""

from datetime import timedelta

import pytest

from tests.keys.using import refused
from tests.params.using import arn
from tests.support import people

pytestmark = pytest.mark.django_db

ADMIN = f"arn:aws:iam::{people.ACCOUNT}:user/admin"


def test_a_description_tells_what_a_parameter_is_like_and_leaves_out_what_it_has_not_got(ssm):
    ssm.put("/a/s", "x", Type="SecureString", Description="d", AllowedPattern=".*")
    ssm.put("p")

    described, plain = ssm("DescribeParameters").parameters

    assert (described.name, described.arn, described.type) == ("/a/s", arn("a/s"), "SecureString")
    assert (described.key_id, described.description) == ("alias/aws/ssm", "d")
    assert (described.allowed_pattern, described.version, described.tier) == (".*", 1, "Standard")
    assert (described.policies, described.data_type) == ((), "text")
    assert described.last_modified_user == ADMIN
    assert described.last_modified_date - ssm.caller().time < timedelta(minutes=1)
    assert (plain.key_id, plain.description, plain.allowed_pattern) == (None, None, None)


def test_descriptions_come_ten_at_a_time_and_up_to_fifty(ssm):
    for number in range(12):
        ssm.put(f"p{number:02}")

    page = ssm("DescribeParameters")
    assert len(page.parameters) == 10
    rest = ssm("DescribeParameters", NextToken=page.next_token)
    assert [each.name for each in rest.parameters] == ["p10", "p11"]
    assert len(ssm("DescribeParameters", MaxResults=50).parameters) == 12
    with refused("ValidationException"):
        ssm("DescribeParameters", MaxResults=51)


def test_nothing_is_shared_yet(ssm):
    ssm.put("p")

    assert ssm("DescribeParameters", Shared=True).parameters == ()


def by_path(ssm, path, **params):
    return [each.name for each in ssm("GetParametersByPath", Path=path, **params).parameters]


def test_a_path_has_what_is_in_it_and_recursively_what_is_below(ssm):
    for name in ("p", "/a", "/a/p", "/a/b/p", "/ab/p", "/a-b"):
        ssm.put(name)

    assert by_path(ssm, "/") == ["/a", "/a-b", "p"]
    assert by_path(ssm, "/a") == by_path(ssm, "/a/") == ["/a/p"]
    assert by_path(ssm, "/a", Recursive=True) == ["/a/b/p", "/a/p"]
    assert by_path(ssm, "/a/p", Recursive=True) == []
    assert by_path(ssm, "/aws/service", Recursive=True) == []
    assert len(by_path(ssm, "/", Recursive=True)) == 6


@pytest.mark.parametrize("path", ["a", "/a//b", "/a b", "/ssm/x", arn("a")])
def test_what_is_no_path_is_refused(ssm, path):
    with refused("ValidationException"):
        by_path(ssm, path)


def test_a_path_tells_values_decrypted_if_that_is_asked_for(ssm):
    ssm.put("/a/p", "plain")
    ssm.put("/a/s", "secret", Type="SecureString")

    told = ssm("GetParametersByPath", Path="/a", WithDecryption=True).parameters
    assert [each.value for each in told] == ["plain", "secret"]
    told = ssm("GetParametersByPath", Path="/a").parameters
    assert told[0].value == "plain"
    assert "secret" not in told[1].value


def test_with_a_label_a_path_tells_the_version_that_has_it(ssm):
    for name in ("/a/p", "/a/q", "/a/r"):
        ssm.put(name, "1")
        ssm.put(name, "2", Overwrite=True)
    for name, version in (("/a/p", 1), ("/a/q", 2)):
        ssm("LabelParameterVersion", Name=name, Labels=["live"], ParameterVersion=version)
    wanted = {"Key": "Label", "Values": ["live", "none"]}

    told = ssm("GetParametersByPath", Path="/a", ParameterFilters=[wanted]).parameters
    assert [(each.name, each.version, each.value) for each in told] == [
        ("/a/p", 1, "1"),
        ("/a/q", 2, "2"),
    ]


def test_history_tells_each_version_as_it_was(ssm):
    ssm.put("p", "1", Description="first")
    ssm.put("p", "2", Overwrite=True, Description="second", Tier="Advanced")
    ssm("LabelParameterVersion", Name="p", Labels=["b", "a"], ParameterVersion=1)

    told = ssm("GetParameterHistory", Name="/p").parameters

    assert [(each.name, each.version, each.value) for each in told] == [
        ("/p", 1, "1"),
        ("/p", 2, "2"),
    ]
    assert [each.description for each in told] == ["first", "second"]
    assert [each.tier for each in told] == ["Standard", "Advanced"]
    assert [each.labels for each in told] == [("b", "a"), ()]
    assert [each.last_modified_user for each in told] == [ADMIN] * 2
    assert ssm("GetParameterHistory", Name=arn("p")).parameters[0].name == "p"


def test_history_is_paged(ssm):
    for number in range(5):
        ssm.put("p", str(number), Overwrite=True, Type="String")

    page = ssm("GetParameterHistory", Name="p", MaxResults=2)
    assert [each.version for each in page.parameters] == [1, 2]
    page = ssm("GetParameterHistory", Name="/p", MaxResults=3, NextToken=page.next_token)
    assert [each.version for each in page.parameters] == [3, 4, 5]
    assert page.next_token is None


def test_history_of_nothing_and_of_one_version_is_refused(ssm):
    ssm.put("p")

    with refused("ParameterNotFound", ""):
        ssm("GetParameterHistory", Name="q")
    with refused("ValidationException"):
        ssm("GetParameterHistory", Name="p:1")
