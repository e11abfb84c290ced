"""What was recorded is found: once, whoever indexes it, however often that is cut short."""

from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest
from django.db.transaction import atomic

from audit import indexing, search, trail
from audit.models import Chain, Event, EventResource, Record
from audit.places import record_id
from tests.audit import making

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_record_is_derived_into_an_event_and_its_resources():
    making.record("kms:ReEncrypt", making.key("a"), making.key("b"))

    search.catch_up()

    event, body = Event.objects.get(), making.bodies()[0]
    assert (event.record, event.account, event.region) == (
        record_id(1, 1),
        making.ACCOUNT,
        making.REGION,
    )
    assert event.time.isoformat().replace("+00:00", "Z") == body["eventTime"]
    assert (event.event_id, event.event_name) == (body["eventID"], "ReEncrypt")
    assert (event.event_source, event.read_only) == ("kms.amazonaws.com", True)
    assert (event.username, event.access_key_id) == ("alice", "AKIAABCDEFGHIJKLMNOP")
    assert event.error_code == ""
    resources = EventResource.objects.order_by("id").values_list("record", "type", "name")
    assert list(resources) == [
        (event.record, "AWS::KMS::Key", making.key("a").arn),
        (event.record, "AWS::KMS::Key", making.key("b").arn),
    ]


def test_every_chain_is_indexed_to_its_end_and_no_record_twice(monkeypatch):
    monkeypatch.setattr(indexing, "BATCH", 3)
    for _ in range(7):
        making.record()
    trail.forget()
    making.record()

    search.catch_up()
    search.catch_up()

    assert Event.objects.count() == 8
    assert list(Chain.objects.order_by("id").values_list("indexed", flat=True)) == [
        record_id(1, 7),
        record_id(2, 1),
    ]


def test_where_nothing_is_new_nothing_is_written(django_assert_num_queries):
    making.record()
    search.catch_up()
    with django_assert_num_queries(1):
        search.catch_up()


def test_many_that_index_at_once_index_each_record_once(monkeypatch):
    monkeypatch.setattr(indexing, "BATCH", 5)
    for _ in range(100):
        making.record()
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(making.in_thread(lambda _: search.catch_up(seconds=30)), range(6)))
    assert Event.objects.count() == 100


def test_rows_and_mark_move_together(monkeypatch):
    making.record()
    monkeypatch.setattr(indexing, "write", _killed)
    with pytest.raises(Killed):
        search.catch_up()
    assert Chain.objects.get().indexed == record_id(1, 0)


def test_there_is_an_end_to_what_one_search_does(monkeypatch, caplog):
    monkeypatch.setattr(indexing, "BATCH", 2)
    for _ in range(5):
        making.record()

    search.catch_up(seconds=-1)

    assert Event.objects.count() == 2
    assert "searches do not yet find all of chain 1" in caplog.text


@pytest.mark.parametrize("body", [b"nonsense", b"[]", b"{}", b'{"recipientAccountId": 1}'])
def test_a_record_that_was_tampered_with_is_passed_over(body, caplog):
    making.record("kms:A")
    making.record("kms:B")
    Record.objects.filter(id=record_id(1, 1)).update(body=body)

    search.catch_up()

    assert Event.objects.get().event_name == "B"
    assert "not found by searches: chain 1, record 1" in caplog.text


@pytest.mark.parametrize(
    "member",
    [
        {"eventName": []},
        {"eventName": "a\0b"},
        {"eventName": "x" * 129},
        {"eventTime": "0001-01-01T00:00:00+14:00"},
        {"eventTime": 7},
        {"readOnly": []},
        {"recipientAccountId": 7},
        {"userIdentity": "root"},
        {"resources": [{"type": "t", "ARN": 7}]},
        {"resources": [{"type": [], "ARN": "arn"}]},
    ],
)
def test_a_record_that_no_database_would_take_is_passed_over(member):
    making.record("kms:A")
    making.record("kms:B")
    forged = orjson.dumps(making.bodies()[0] | member)
    Record.objects.filter(id=record_id(1, 1)).update(body=forged)

    search.catch_up()

    assert Event.objects.get().event_name == "B"


def test_records_of_a_transaction_that_may_be_rolled_back_are_found_within_it():
    with atomic():
        making.record()
        search.catch_up()
        assert Event.objects.count() == 1


def test_the_longest_names_are_found():
    resource = making.key("ü" * 1500)
    making.record("kms:" + "ü" * 200, resource, user_agent="ü" * 2000, access_key_id="ü" * 200)
    query = search.Query(making.ACCOUNT, making.REGION, resource_name=resource.arn)
    assert len(search.find(query, limit=5)) == 1


def test_looking_for_what_is_new_does_not_walk_the_trail():
    for _ in range(3):
        making.record()
    for plan in making.plans(indexing._chains_behind):
        assert "audit_record" not in making.walked(plan)


class Killed(Exception):
    """Stands for the end of the process."""


def _killed(*args: object) -> None:
    raise Killed
