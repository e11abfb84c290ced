"""TagResource and UntagResource."""

import pytest

from tests.keys.using import refused
from tests.secrets_app.using import Secrets
from tests.support import people

pytestmark = pytest.mark.django_db


def tag(key: str, value: str = "x") -> dict[str, str]:
    return {"Key": key, "Value": value}


def test_tags_are_told_in_the_order_of_tagging(sm):
    arn = sm.create(Tags=[tag("b"), tag("a")])

    sm("TagResource", SecretId=arn, Tags=[tag("c"), tag("b", "y")])

    assert sm.describe(arn)["Tags"] == [tag("b", "y"), tag("a"), tag("c")]


def test_tags_are_absent_before_the_first_and_empty_after_the_last(sm):
    arn = sm.create()
    assert "Tags" not in sm.describe(arn)

    sm("TagResource", SecretId=arn, Tags=[tag("a")])
    sm("UntagResource", SecretId=arn, TagKeys=["a", "never there"])

    assert sm.describe(arn)["Tags"] == []
    assert sm("ListSecrets").secret_list[0].tags == ()


@pytest.mark.parametrize(
    "tags",
    [
        [tag("aws:x")],
        [tag("AWS:x")],
        [tag("a"), tag("A")],
        [{"Value": "no key"}],
        [tag(str(number)) for number in range(51)],
    ],
)
def test_what_can_be_no_tags(sm, tags):
    arn = sm.create()

    with refused("InvalidParameterException"):
        sm("TagResource", SecretId=arn, Tags=tags)
    with refused("InvalidParameterException"):
        sm.create("other", Tags=tags)


def test_a_secret_has_fifty_tags_at_most(sm):
    arn = sm.create(Tags=[tag(str(number)) for number in range(50)])

    sm("TagResource", SecretId=arn, Tags=[tag("49", "y")])
    with refused("InvalidParameterException"):
        sm("TagResource", SecretId=arn, Tags=[tag("50")])


def test_nobody_locks_himself_out_by_tags(sm):
    arn = sm.create(Tags=[tag("team", "blue")])
    who = people.user("blue")
    people.attach(
        who,
        people.statement(
            "Allow",
            "secretsmanager:*",
            Condition={"StringEquals": {"aws:ResourceTag/team": "blue"}},
        ),
    )
    blue = Secrets(who)

    blue("TagResource", SecretId=arn, Tags=[tag("more")])
    for operation, given in (
        ("TagResource", {"Tags": [tag("team", "red")]}),
        ("UntagResource", {"TagKeys": ["team"]}),
    ):
        with refused("AccessDeniedException"):
            blue(operation, SecretId=arn, **given)
    assert sm.describe(arn)["Tags"] == [tag("team", "blue"), tag("more")]
