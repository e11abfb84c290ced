"""What a process remembers never outlives a change."""

import os

import pytest
from django.db import connection, transaction

from iam import marks, revision
from service.snapshot import Snapshot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _forgetful():
    revision.forget()
    yield
    revision.forget()


def change():
    with transaction.atomic():
        revision.move_on()


@pytest.fixture
def elsewhere(monkeypatch):
    """Does a work as another process does it: this one's memory is told of nothing."""

    def do(work):
        with monkeypatch.context() as there:
            there.setattr(revision, "forget", lambda: None)
            work()

    return do


def test_the_memory_is_the_same_while_nothing_changes():
    assert revision.current() is revision.current()


def test_a_change_empties_the_memory_at_once():
    before = revision.current()
    with transaction.atomic():
        revision.move_on()

    after = revision.current()

    assert after is not before
    assert after.revision == before.revision + 1


def test_a_change_in_another_process_is_seen(monkeypatch, elsewhere):
    monkeypatch.setattr(revision, "MOST_AGE", 0.0)
    before = revision.current()
    elsewhere(change)

    after = revision.current()
    assert after is not before
    assert after.revision == before.revision + 1


def test_without_marks_every_call_asks(monkeypatch, elsewhere):
    monkeypatch.setattr(revision, "MOST_AGE", 0.0)
    monkeypatch.setattr(revision, "_marks_of", lambda database: None)
    before = revision.current()
    assert revision.current() is before
    elsewhere(change)

    assert revision.current().revision == before.revision + 1


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


def test_a_full_snapshot_forgets_what_is_of_that_kind():
    snapshot = Snapshot(1)
    snapshot.keep(("other", 1), "kept")

    for number in range(10):
        assert snapshot.get(("kind", number), lambda number=number: number, most=3) == number

    kept = [number for number in range(10) if snapshot.recall(("kind", number)) is not None]
    assert kept == [9]
    assert snapshot.recall(("other", 1)) == "kept"


def test_two_who_read_a_new_number_share_one_memory():
    first = revision._remember(7, 1.0, None, revision._latest.forgotten)

    assert revision._remember(7, 2.0, None, revision._latest.forgotten) is first


@pytest.mark.sqlite_only
class TestMarks:
    """What spares the question for the number, on SQLite."""

    @pytest.fixture
    def questions(self, monkeypatch):
        """Each time that the database is asked for the number."""
        asked, read = [], revision._read
        monkeypatch.setattr(revision, "_read", lambda database: asked.append(1) or read(database))
        change()
        revision._latest._marks.clear()  # they may have been looked for before there were any
        revision.current()
        asked.clear()
        return asked

    def test_while_nothing_changes_nobody_asks(self, questions):
        assert revision.current() is revision.current()
        assert not questions

    def test_after_a_change_elsewhere_the_database_is_asked_once(self, questions, elsewhere):
        elsewhere(change)

        assert revision.current() is revision.current()
        assert len(questions) == 1

    def test_while_a_change_is_under_way_and_after_its_process_was_killed_everyone_asks(
        self, questions, elsewhere
    ):
        """A second commit that nobody announced stands for the one that was just being made."""
        before = revision.current()
        with pytest.raises(KeyboardInterrupt):
            killed()
        assert revision.current() is before
        revision.current()
        assert len(questions) == 2
        with connection.cursor() as cursor:
            cursor.execute("UPDATE iam_revision SET value = value + 1")

        assert revision.current().revision == before.revision + 1

    def test_after_the_next_change_nobody_asks_any_more(self, questions):
        with pytest.raises(KeyboardInterrupt):
            killed()
        change()
        revision.current()
        questions.clear()

        revision.current()
        assert not questions

    def test_a_change_that_was_undone_leaves_nothing_behind(self, questions):
        with transaction.atomic():
            revision.move_on()
            transaction.set_rollback(True)
        revision.undone()
        revision.current()
        questions.clear()

        revision.current()
        assert not questions

    def test_undone_within_an_outer_transaction_is_not_yet_the_end(self, questions):
        with transaction.atomic():
            revision.move_on()
            revision.undone()
            assert marks.Marks(marks_path()).standing() is None
        assert marks.Marks(marks_path()).standing() is not None

    def test_who_ends_while_another_has_begun_does_not_end_for_both(self, questions):
        first = marks.begin(marks_path())
        marks.begin(marks_path())
        marks.end(marks_path(), first)

        assert marks.Marks(marks_path()).standing() is None

    def test_without_the_file_everyone_asks_and_the_next_change_makes_it(
        self, questions, monkeypatch
    ):
        monkeypatch.setattr(marks, "LOOK_AGAIN", 0.0)
        os.unlink(marks_path())
        revision.current()
        revision.current()
        assert len(questions) == 2

        change()
        revision.current()
        questions.clear()
        revision.current()
        assert not questions

    def test_a_file_that_took_the_place_of_another_is_found(
        self, questions, elsewhere, monkeypatch
    ):
        before = revision.current()
        os.unlink(marks_path())
        elsewhere(change)

        assert revision.current().revision == before.revision + 1

    def test_a_file_that_is_not_whole_says_nothing(self, tmp_path, monkeypatch):
        path = str(tmp_path / "marks")
        monkeypatch.setattr(marks, "LOOK_AGAIN", 0.0)
        marks.begin(path)
        assert marks.Marks(path).standing() is None

    def test_a_change_that_cannot_be_marked_is_not_made(self, monkeypatch):
        before = revision.current().revision
        monkeypatch.setattr(marks, "_write", refuse)
        with pytest.raises(OSError, match="full"):
            change()
        assert revision.current().revision == before

    def test_an_end_that_cannot_be_marked_has_everyone_ask(self, questions, monkeypatch):
        monkeypatch.setattr(marks, "end", refuse)
        change()
        revision.current()
        revision.current()
        assert len(questions) == 2


@transaction.atomic
def killed():
    """A change whose process ends before its commit."""
    revision.move_on()
    raise KeyboardInterrupt


def marks_path():
    return revision._marks_of(connection)


def refuse(*_):
    raise OSError("the disk is full")


def test_a_change_is_planned_on_what_is_true_at_this_moment(monkeypatch, elsewhere):
    monkeypatch.setattr(connection, "vendor", "postgresql")
    before = revision.current()
    elsewhere(change)
    assert revision.current() is before  # within half a second

    assert revision.at_this_moment().revision == before.revision + 1
    assert revision.current().revision == before.revision + 1
