"""A search finds what it asks for, newest first, a page at a time, and never walks the trail."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from audit import search, trail
from audit.models import Record
from audit.places import record_id
from audit.search import Place, Query, find
from service.errors import AccessDenied
from tests.audit import making

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)


def query(**asked: Any) -> Query:
    return Query(making.ACCOUNT, making.REGION, **asked)


def found(limit: int = 50, after: Place | None = None, **asked: Any) -> list[str]:
    return [each.event["eventName"] for each in find(query(**asked), limit=limit, after=after)]


def test_the_newest_comes_first():
    making.record("kms:B", time=NOON)
    making.record("kms:C", time=NOON + timedelta(seconds=1))
    making.record("kms:A", time=NOON - timedelta(seconds=1))
    making.record("kms:D", time=NOON + timedelta(seconds=1))
    assert found() == ["D", "C", "B", "A"]


def test_what_is_found_is_what_was_recorded():
    making.record("kms:A")
    (one,) = find(query(), limit=1)
    assert one.body == bytes(Record.objects.get().body)
    assert one.place.record == record_id(1, 1)


def test_other_accounts_and_regions_are_not_found():
    making.record("kms:A", region="eu-west-1")
    making.record("kms:B")
    assert found() == ["B"]
    assert find(Query("210987654321", making.REGION), limit=50) == []


@pytest.fixture
def _various() -> None:
    making.record("kms:Encrypt", making.key("1"))
    making.record("sts:GetCallerIdentity", principal=making.ROOT, access_key_id="AKIAROOT")
    making.record("kms:CreateKey", making.key("2"), read_only=False)
    failed = making.event("kms:Decrypt", making.key("1"), making.key("2"))
    failed.fail(AccessDenied())
    trail.record(failed)


@pytest.mark.usefixtures("_various")
@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"event_name": "Encrypt"}, ["Encrypt"]),
        ({"event_name": "encrypt"}, []),
        ({"event_source": "sts.amazonaws.com"}, ["GetCallerIdentity"]),
        ({"read_only": False}, ["CreateKey"]),
        ({"read_only": True}, ["Decrypt", "GetCallerIdentity", "Encrypt"]),
        ({"username": "root"}, ["GetCallerIdentity"]),
        ({"access_key_id": "AKIAROOT"}, ["GetCallerIdentity"]),
        ({"error_code": "AccessDeniedException"}, ["Decrypt"]),
        ({"resource_name": making.key("1").arn}, ["Decrypt", "Encrypt"]),
        ({"resource_type": "AWS::KMS::Key"}, ["Decrypt", "CreateKey", "Encrypt"]),
        ({"resource_name": making.key("1").arn, "event_name": "Encrypt"}, ["Encrypt"]),
        ({"event_name": "Encrypt", "read_only": False}, []),
    ],
)
def test_only_what_is_asked_for_is_found(asked, names):
    assert found(**asked) == names


def test_an_event_is_found_by_its_id():
    making.record("kms:A")
    making.record("kms:B")
    assert found(event_id=making.bodies()[0]["eventID"]) == ["A"]


def test_both_ends_of_the_time_are_included():
    for seconds in range(5):
        making.record(f"kms:{seconds}", time=NOON + timedelta(seconds=seconds))
    start, end = NOON + timedelta(seconds=1), NOON + timedelta(seconds=3)
    assert found(start=start, end=end) == ["3", "2", "1"]


@pytest.mark.parametrize("asked", [{}, {"resource_type": "AWS::KMS::Key"}])
def test_pages_hold_everything_once(asked):
    for number in range(10):
        time = NOON + timedelta(seconds=number // 4)
        making.record(f"kms:{number}", making.key("1"), making.key("2"), time=time)

    pages, after = [], None
    while page := find(query(**asked), limit=3, after=after):
        pages.append([each.event["eventName"] for each in page])
        after = page[-1].place

    assert pages == [["9", "8", "7"], ["6", "5", "4"], ["3", "2", "1"], ["0"]]


def test_a_record_that_was_removed_is_passed_over():
    making.record("kms:A")
    making.record("kms:B")
    search.catch_up()
    Record.objects.filter(id=record_id(1, 2)).delete()
    assert found() == ["A"]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"event_id": "1"},
        {"event_name": "Encrypt"},
        {"event_source": "kms.amazonaws.com"},
        {"read_only": True},
        {"username": "alice"},
        {"access_key_id": "AKIA"},
        {"resource_name": making.key("1").arn},
        {"resource_type": "AWS::KMS::Key"},
        {"resource_type": "AWS::KMS::Key", "event_name": "Encrypt"},
    ],
)
@pytest.mark.parametrize("after", [None, Place(NOON, record_id(1, 1))])
def test_no_search_walks_or_sorts_the_trail(asked, after):
    for _ in range(5):
        making.record("kms:Encrypt", making.key("1"))
    search.catch_up()
    asked = {"start": NOON, "end": NOON + timedelta(days=9000), **asked}

    plans = making.plans(lambda: find(query(**asked), limit=50, after=after))

    searching = [plan for plan in plans if "audit_chain" not in plan]
    assert searching
    for plan in searching:
        assert making.walked(plan) == [], plan
