"""What a process remembers never outlives a change."""

import pytest
from django.db import connection, transaction

from iam import revision
from service.snapshot import Snapshot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _forgetful():
    revision.forget()
    yield
    revision.forget()


def test_the_memory_is_the_same_while_nothing_changes():
    assert revision.current() is revision.current()


def test_a_change_empties_the_memory_at_once():
    before = revision.current()
    with transaction.atomic():
        revision.move_on()

    after = revision.current()

    assert after is not before
    assert after.revision == before.revision + 1


def test_a_change_in_another_process_is_seen(monkeypatch):
    monkeypatch.setattr(revision, "MOST_AGE", 0.0)
    before = revision.current()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM iam_revision")
        cursor.execute("INSERT INTO iam_revision (id, value) VALUES (1, 41)")

    assert before.revision == 0
    assert revision.current().revision == 41


def test_on_a_shared_database_the_number_is_read_at_most_once_in_a_while(
    monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(connection, "vendor", "postgresql")
    revision.current()

    with django_assert_num_queries(0):
        revision.current()


def test_a_change_of_ones_own_is_seen_at_once_on_a_shared_database(monkeypatch):
    monkeypatch.setattr(connection, "vendor", "postgresql")
    before = revision.current()
    with transaction.atomic():
        revision.move_on()

    assert revision.current().revision == before.revision + 1


def test_a_change_that_is_rolled_back_changes_nothing():
    before = revision.current()
    with transaction.atomic():
        revision.move_on()
        transaction.set_rollback(True)

    assert revision.current() is before


def test_within_a_transaction_the_memory_is_nobody_elses():
    with transaction.atomic():
        revision.move_on()
        inside = revision.current()
        assert inside is not revision.current()

    assert revision.current() is not inside


def test_a_number_read_before_a_change_of_ones_own_is_not_kept(monkeypatch):
    read = revision._read

    def read_and_be_overtaken(database) -> int:
        value = read(database)
        revision.forget()
        return value

    monkeypatch.setattr(revision, "_read", read_and_be_overtaken)
    overtaken = revision.current()
    monkeypatch.setattr(revision, "_read", read)

    assert revision.current() is not overtaken


def test_the_row_says_its_number():
    with transaction.atomic():
        revision.move_on()

    assert str(revision.Revision.objects.get()) == "1"


def test_a_snapshot_loads_once_and_also_remembers_nothing():
    snapshot, loads = Snapshot(1), []

    for _ in range(2):
        assert snapshot.get(("kind", 1), lambda: loads.append(1)) is None

    assert loads == [1]


def test_a_full_snapshot_forgets_what_is_of_that_kind(monkeypatch):
    monkeypatch.setattr("service.snapshot.MOST_ENTRIES", 3)
    snapshot = Snapshot(1)
    snapshot.keep(("other", 1), "kept")

    for number in range(10):
        assert snapshot.get(("kind", number), lambda number=number: number) == number

    kept = [number for number in range(10) if snapshot.recall(("kind", number)) is not None]
    assert kept == [9]
    assert snapshot.recall(("other", 1)) == "kept"


def test_two_who_read_a_new_number_share_one_memory():
    first = revision._remember(7, 1.0, revision._latest.forgotten)

    assert revision._remember(7, 2.0, revision._latest.forgotten) is first
