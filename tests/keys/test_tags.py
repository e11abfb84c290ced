"""Tags: in their order, within KMS's rules."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.keys.using import Kms, refused
from tests.support import people

pytestmark = pytest.mark.django_db


def tags(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"TagKey": key, "TagValue": value} for key, value in pairs]


def listed(kms: Kms, key: str, **params: Any) -> Sequence[tuple[str, str]]:
    answer = kms("ListResourceTags", KeyId=key, **params)
    return [(tag.tag_key, tag.tag_value) for tag in answer.tags]


def test_a_changed_tag_keeps_its_place(kms):
    key = kms.create(Tags=tags(("b", "1"), ("a", "2"))).key_id

    kms("TagResource", KeyId=key, Tags=tags(("c", ""), ("b", "3")))

    assert listed(kms, key) == [("b", "3"), ("a", "2"), ("c", "")]


def test_many_tags_are_set_as_quickly_as_one(kms, key):
    kms("TagResource", KeyId=key, Tags=tags(("0", "")))
    many = tags(*((str(number), "x") for number in range(50)))
    needed = []

    for given in (many[:1], many):
        with CaptureQueriesContext(connection) as queries:
            kms("TagResource", KeyId=key, Tags=given)
        needed.append(len(queries))

    assert needed[0] == needed[1]


def test_tags_do_not_differ_in_case_only(kms, key):
    """Conditions on tags could not tell them apart, and so not guard them."""
    kms("TagResource", KeyId=key, Tags=tags(("team", "blue")))

    for given in (tags(("TEAM", "red")), tags(("a", ""), ("A", ""))):
        with refused("TagException", "Duplicate tag keys"):
            kms("TagResource", KeyId=key, Tags=given)
    assert listed(kms, key) == [("team", "blue")]


def test_tags_are_taken_off(kms, key):
    kms("TagResource", KeyId=key, Tags=tags(("a", "1"), ("b", "2")))

    kms("UntagResource", KeyId=key, TagKeys=["a", "not there"])

    assert listed(kms, key) == [("b", "2")]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (["aws:x"], "Tags beginning with aws: are reserved"),
        (["AWS:x"], "Tags beginning with aws: are reserved"),
        (["a", "b", "a"], "Duplicate tag keys"),
        ([f"k{number}" for number in range(51)], "Too many tags"),
    ],
)
def test_tags_that_are_refused(kms, key, keys, message):
    given = tags(*((name, "v") for name in keys))
    for operation, params in (
        ("CreateKey", {"Tags": given}),
        ("TagResource", {"KeyId": key, "Tags": given}),
        ("UntagResource", {"KeyId": key, "TagKeys": keys}),
    ):
        with refused("TagException", message):
            kms(operation, **params)


def test_a_key_has_at_most_fifty_tags(kms, key):
    kms("TagResource", KeyId=key, Tags=tags(*((f"k{number}", "v") for number in range(50))))

    kms("TagResource", KeyId=key, Tags=tags(("k7", "new")))
    with refused("LimitExceededException"):
        kms("TagResource", KeyId=key, Tags=tags(("one more", "v")))
    assert len(listed(kms, key)) == 50


def test_tags_are_listed_in_pages(kms):
    wanted = [(f"k{9 - number}", str(number)) for number in range(5)]
    key = kms.create(Tags=tags(*wanted)).key_id
    seen, marker = [], None
    while True:
        more: dict[str, str] = {"Marker": marker} if marker else {}
        answer = kms("ListResourceTags", KeyId=key, Limit=2, **more)
        seen += [(tag.tag_key, tag.tag_value) for tag in answer.tags]
        assert answer.truncated is (answer.next_marker is not None)
        if not answer.truncated:
            break
        marker = answer.next_marker

    assert seen == wanted


def test_access_goes_by_the_tags_of_the_key_and_of_the_request(kms):
    key = kms.create(Tags=tags(("team", "red"))).key_id
    other = kms.create(Tags=tags(("team", "blue"))).key_id
    user = people.user("red")
    people.attach(
        user,
        people.statement(
            "Allow", "kms:Encrypt", Condition={"StringEquals": {"aws:ResourceTag/team": "red"}}
        ),
        people.statement(
            "Allow",
            "kms:TagResource",
            Condition={
                "StringEquals": {"aws:RequestTag/team": "red"},
                "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]},
            },
        ),
    )
    red = Kms(user)

    red("Encrypt", KeyId=key, Plaintext=b"x")
    with refused("AccessDeniedException"):
        red("Encrypt", KeyId=other, Plaintext=b"x")
    with refused("AccessDeniedException"):
        red("TagResource", KeyId=other, Tags=tags(("team", "red"), ("more", "")))
    with refused("AccessDeniedException"):
        red("TagResource", KeyId=other, Tags=tags(("team", "blue")))
    red("TagResource", KeyId=other, Tags=tags(("team", "red")))
    red("Encrypt", KeyId=other, Plaintext=b"x")
