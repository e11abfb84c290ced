"""A notebook: notes that calls take in memory, written beside them."""

from collections.abc import Mapping

import pytest

from service import notebook
from service.notebook import Notebook

WAKE = Notebook._wake  # before a fixture puts it to sleep


class Numbers(Notebook[str, int]):
    """The greatest number under each key; `fails` to write until it is told otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, int]] = []
        self.fails = False

    def replaces(self, known: int, new: int) -> bool:
        return new > known

    def written(self, notes: Mapping[str, int]) -> bool:
        if self.fails:
            self._pages.pop("gone", None)
            return False
        self.found.append(dict(notes))
        return True


@pytest.fixture
def now(monkeypatch):
    """The monotonic clock's time, as a list of one."""
    told = [1000.0]
    monkeypatch.setattr(notebook.time, "monotonic", lambda: told[0])
    return told


def test_only_what_replaces_a_note_is_written_again(now):
    book = Numbers()
    for number in (2, 1, 3):
        book.note("a", number)
    book.write()
    book.note("a", 3)
    now[0] += notebook.NOTE_EVERY
    book.write()

    assert book.found == [{"a": 3}]
    assert book.latest("a") is None


def test_what_could_not_be_written_waits_a_minute(now):
    book = Numbers()
    book.note("a", 1)
    book.note("gone", 1)
    book.fails = True
    book.write()
    book.fails = False
    book.write()
    assert book.found == []

    now[0] += notebook.NOTE_EVERY
    book.write()

    assert book.found == [{"a": 1}]


def test_many_are_written_in_the_order_of_their_keys(now, monkeypatch):
    monkeypatch.setattr(notebook, "MOST_AT_ONCE", 2)
    book = Numbers()
    for key in "cab":
        book.note(key, 1)

    book.write()

    assert [list(each) for each in book.found] == [["a", "b"], ["c"]]


class Breaking(Numbers):
    """Cannot write at all, for a reason that nobody thought of."""

    def written(self, notes: Mapping[str, int]) -> bool:
        raise ZeroDivisionError


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.django_db(transaction=True)  # the thread closes a connection of its own
def test_where_the_thread_broke_down_the_next_note_starts_another(monkeypatch):
    monkeypatch.setattr(Notebook, "_wake", WAKE)
    monkeypatch.setattr(notebook, "WRITE_EVERY", 0.0)
    book = Breaking()
    for key in "ab":
        book.note(key, 1)
        writer = book._writer
        if writer is not None:
            writer.join(10)
            assert not writer.is_alive()

        assert book._writer is None
