"""What is done to the search index is found, and the index is made anew from the records."""

from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from django.core.management import call_command

from audit import checkpoints, indexing, reindexing, search, trail
from audit.models import Chain, Event, EventResource, Record
from audit.places import record_id
from audit.verify import Kind, searches, verify
from tests.audit import making

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = record_id(1, 1)
KEY = making.key("a")


@pytest.fixture(autouse=True)
def _trail(monkeypatch) -> None:
    """Chain 1: five records, indexed and left. Chain 2: two, the second not indexed yet."""
    for module in (indexing, reindexing, searches):
        monkeypatch.setattr(module, "BATCH", 2)
    for _ in range(5):
        making.record("kms:Encrypt", KEY, making.key("b"))
    trail.forget()
    making.record()
    checkpoints.make()
    search.catch_up()
    making.record()
    assert verify().is_clean


def found() -> list[tuple[Kind, int | None, int | None]]:
    return [(each.kind, each.chain, each.sequence) for each in verify().findings]


def rows() -> list[object]:
    events = Event.objects.order_by("record").values_list()
    names = EventResource.objects.order_by("record", "name").values_list(*indexing.RESOURCE)
    marks = Chain.objects.order_by("id").values_list("indexed", flat=True)
    return [*events, *names, *marks]


def put(place: int, **columns: object) -> None:
    assert Event.objects.filter(record=place).update(**columns)


def forget_resource() -> None:
    EventResource.objects.filter(record=FIRST + 1, name=KEY.arn).delete()


def double_one_resource_over_another() -> None:
    EventResource.objects.filter(record=FIRST + 1).update(name=KEY.arn)


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: put(FIRST + 1, event_name="Hidden"),
        lambda: put(FIRST + 1, account="999999999999"),
        lambda: put(FIRST + 1, read_only=False),
        lambda: put(FIRST + 1, time="2001-01-01T00:00:00Z"),
        lambda: Event.objects.filter(record=FIRST + 1).delete(),
        forget_resource,
        double_one_resource_over_another,
        lambda: EventResource.objects.filter(record=FIRST + 1).update(region="eu-west-1"),
    ],
)
def test_a_row_that_was_changed_is_found_and_made_anew(tamper):
    search.catch_up()
    before = rows()
    tamper()

    (finding,) = verify().findings
    assert (finding.kind, finding.chain, finding.sequence) == (Kind.MISINDEXED, 1, 2)
    assert finding.event_id
    assert finding.text == (
        "chain 1, record 2 is not what searches tell of it:"
        " `manage.py audit_reindex` makes the search index anew"
    )
    assert reindexing.rebuild() == 7
    assert verify().is_clean
    assert rows() == before


def test_all_of_a_chain_is_one_finding():
    EventResource.objects.all().delete()
    (finding,) = verify().findings
    assert "(nor of 4 more of its chain)" in finding.text


def test_a_row_of_no_record_is_found_and_removed():
    Event.objects.filter(record=FIRST).update(record=record_id(7, 1))
    resource = EventResource.objects.filter(record=FIRST).first()
    EventResource.objects.filter(pk=resource.pk).update(record=record_id(7, 1))

    assert found() == [(Kind.MISINDEXED, 1, 1), (Kind.MISINDEXED, None, None)]
    reindexing.rebuild()
    assert verify().is_clean
    assert Event.objects.count() == 7


@pytest.mark.parametrize("place", [0, 3, 9, -5])
def test_a_mark_that_was_moved_is_found_and_set_right(place):
    Chain.objects.filter(id=1).update(indexed=record_id(1, place))
    assert found() == [(Kind.MISINDEXED, 1, None)]
    reindexing.rebuild()
    assert verify().is_clean
    assert Chain.objects.get(id=1).indexed == record_id(1, 5)


def test_rows_after_the_last_record_of_a_chain_go():
    put(FIRST, record=record_id(1, 6))
    reindexing.rebuild()
    assert verify().is_clean


def test_what_is_indexed_later_is_no_finding():
    trail.forget()
    making.record()
    assert verify().is_clean
    reindexing.rebuild()
    search.catch_up()
    assert Event.objects.count() == 8


def test_it_keeps_nothing_from_sight_that_is_worse():
    Event.objects.all().delete()
    Record.objects.filter(id=FIRST + 4).delete()
    assert found()[0] == (Kind.REMOVED, 1, 5)


def test_there_is_an_end_to_what_is_told(monkeypatch):
    monkeypatch.setattr(searches, "MOST_FINDINGS", 1)
    Event.objects.all().delete()
    assert found() == [(Kind.MISINDEXED, 1, 1)]


def test_a_damaged_record_is_found_by_no_search_after_it_either():
    Record.objects.filter(id=FIRST + 2).update(body=b"{}")
    reindexing.rebuild()
    assert not Event.objects.filter(record=FIRST + 2).exists()
    assert found() == [(Kind.CHANGED, 1, 3)]


def test_others_record_and_index_meanwhile():
    def work(number: int) -> None:
        if number % 3 == 0:
            reindexing.rebuild()
        else:
            making.record("kms:Encrypt", KEY)
            search.catch_up(seconds=30)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(making.in_thread(work), range(24)))

    search.catch_up(seconds=30)
    assert verify().is_clean
    assert Event.objects.count() == Record.objects.count() == 7 + 16


def test_the_command_says_what_it_did():
    Event.objects.all().delete()
    told = StringIO()
    call_command("audit_reindex", stdout=told)
    assert told.getvalue() == "Searches know 7 records.\n"
    assert verify().is_clean
