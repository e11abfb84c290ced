"""Lists: whole, in pages, and no slower for being long."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from keys import managed
from tests.audit.making import plans, walked
from tests.keys.using import Kms, alias_arn, arn, refused
from tests.support import people

pytestmark = pytest.mark.django_db

READY_MADE = managed.aliases()


def _pages(kms: Kms, operation: str, **params: Any) -> Iterator[Any]:
    marker: dict[str, str] = {}
    while True:
        answer = kms(operation, **params, **marker)
        assert answer.truncated is (answer.next_marker is not None)
        yield answer
        if not answer.truncated:
            return
        marker = {"Marker": answer.next_marker}


@pytest.mark.parametrize("limit", [1, 2, 5, 6])
def test_keys_are_listed_in_pages(kms, stranger, limit):
    made = {kms.create().key_id for _ in range(5)}
    stranger.create()
    kms.at(region="eu-west-1").create()

    pages = list(_pages(kms, "ListKeys", Limit=limit))

    listed = [each for page in pages for each in page.keys]
    assert sorted(each.key_id for each in listed) == sorted(made)
    assert all(each.key_arn == arn(each.key_id) for each in listed)
    assert len(pages) == -(-5 // limit)


def test_no_account_shares_keys_with_another(kms, key):
    answer = kms("ListKeys", ResourceOwners=["OTHER_ACCOUNTS_VIA_RAM"])
    both = kms("ListKeys", ResourceOwners=["OTHER_ACCOUNTS_VIA_RAM", "SELF"])

    assert (answer.keys, answer.truncated) == ((), False)
    assert [each.key_id for each in both.keys] == [key]


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_aliases_are_listed_with_those_of_aws(kms, key, limit):
    own = ["alias/Z", "alias/a", "alias/aws-like", "alias/z"]
    for name in own:
        kms("CreateAlias", AliasName=name, TargetKeyId=key)
    managed_key = kms("DescribeKey", KeyId="alias/aws/s3").key_metadata.key_id

    listed = [each for page in _pages(kms, "ListAliases", Limit=limit) for each in page.aliases]

    targets = {each.alias_name: each.target_key_id for each in listed}
    assert sorted(each.alias_name for each in listed) == sorted(own + READY_MADE)
    assert {name: targets[name] for name in own} == dict.fromkeys(own, key)
    assert targets["alias/aws/s3"] == managed_key
    assert targets["alias/aws/ssm"] is None
    assert all(each.alias_arn == alias_arn(each.alias_name) for each in listed)


def test_aliases_of_one_key(kms, key):
    other = kms.create().key_id
    for name, target in (("alias/a", key), ("alias/b", other), ("alias/c", key)):
        kms("CreateAlias", AliasName=name, TargetKeyId=target)

    for named in (key, arn(key)):
        listed = [
            each.alias_name
            for page in _pages(kms, "ListAliases", KeyId=named, Limit=1)
            for each in page.aliases
        ]
        assert listed == ["alias/a", "alias/c"]


def test_an_alias_tells_when_it_was_made_and_moved(kms, key):
    kms("CreateAlias", AliasName="alias/a", TargetKeyId=key)
    (before,) = kms("ListAliases", KeyId=key).aliases
    other = kms.create().key_id
    kms("UpdateAlias", AliasName="alias/a", TargetKeyId=other)
    (after,) = kms("ListAliases", KeyId=other).aliases

    assert before.creation_date == before.last_updated_date == after.creation_date
    assert after.last_updated_date > before.last_updated_date


def _marker(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(("operation", "of"), [("ListKeys", "keys"), ("ListAliases", "aliases")])
@pytest.mark.parametrize("place", ["a\0b", "\0"])
def test_a_marker_with_a_character_that_no_database_takes(kms, operation, of, place):
    with refused("InvalidMarkerException"):
        kms(operation, Marker=_marker(f"{of}:{place}"))


@pytest.mark.parametrize("operation", ["ListKeys", "ListAliases", "ListResourceTags"])
@pytest.mark.parametrize(
    "marker", ["junk", "////", _marker("keys"), _marker("else:1"), _marker("tags:x"), "ÿÿÿÿ"]
)
def test_a_marker_that_no_page_gave(kms, key, operation, marker):
    params = {"KeyId": key} if operation == "ListResourceTags" else {}

    with refused("InvalidMarkerException"):
        kms(operation, Marker=marker, **params)


@pytest.mark.parametrize(
    ("operation", "params"),
    [("ListKeys", {}), ("ListAliases", {}), ("ListAliases", {"KeyId": "{}"})],
)
def test_a_page_reads_no_more_than_itself(kms, key, operation, params):
    for number in range(3):
        kms("CreateAlias", AliasName=f"alias/{number}", TargetKeyId=key)
    given = {member: text.format(key) for member, text in params.items()}

    for plan in plans(lambda: kms(operation, Limit=1, **given)):
        assert not [each for each in walked(plan) if each.startswith("keys_")], plan


@pytest.mark.parametrize("operation", ["ListKeys", "ListAliases"])
def test_lists_are_not_for_everybody(operation):
    with refused("AccessDeniedException"):
        Kms(people.user("nobody"))(operation)
