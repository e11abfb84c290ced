"""Tags of users, roles and policies."""

import pytest

from iam import tags
from iam.models import User
from tests.iam.asking import Client, code, refusal, root
from tests.support import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def iam():
    people.user("ann", tags={"Team": "web", "App": "shop"})
    return root()


def tag(key, told=""):
    return {"Key": key, "Value": told}


def test_a_tag_changes_whatever_its_case(iam):
    iam.TagUser(UserName="ann", Tags=[tag("TEAM", "ops"), tag("new")])

    assert User.objects.get(name="ann").tags == {"Team": "ops", "App": "shop", "new": ""}


def test_tags_are_listed_page_by_page(iam):
    first = iam.ListUserTags(UserName="ann", MaxItems=1)
    second = iam.ListUserTags(UserName="ann", MaxItems=1, Marker=first.marker)

    assert [each.key for each in first.tags + second.tags] == ["App", "Team"]
    assert (first.is_truncated, second.is_truncated) == (True, False)


def test_tags_are_taken_off_whatever_their_case(iam):
    iam.UntagUser(UserName="ann", TagKeys=["team", "unknown"])

    assert User.objects.get(name="ann").tags == {"App": "shop"}


@pytest.mark.parametrize("create", [False, True])
def test_what_cannot_stand_side_by_side_is_refused(iam, create):
    def do(*given):
        if create:
            return refusal(iam.CreateUser, UserName="ben", Tags=list(given))
        return refusal(iam.TagUser, UserName="ann", Tags=list(given))

    assert do(tag("a"), tag("A")) == (
        "InvalidInput",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    )
    assert do(tag("AWS:x")) == ("InvalidInput", "Tag keys that begin with aws: are reserved.")


def test_there_are_fifty_at_most(iam):
    more = [tag(f"t{number}") for number in range(tags.MOST_TAGS - 1)]

    assert code(iam.TagUser, UserName="ann", Tags=more) == "LimitExceeded"


def test_a_tag_of_a_principal_counts_at_once(iam):
    ann = User.objects.get(name="ann")
    only = {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "ops"}}}
    people.attach(ann, people.statement("Allow", "iam:ListUsers", **only))

    assert code(Client(User.objects.get(name="ann")).ListUsers) == "AccessDenied"
    iam.TagUser(UserName="ann", Tags=[tag("Team", "ops")])
    Client(User.objects.get(name="ann")).ListUsers()
