"""Notes of a process that calls take in memory, and that a thread of it writes beside them.

A call waits for nothing. What is noted under a key for the first time is written within a
second; from then on at most once a minute, and what is written is the last note so far. The
thread writes for many keys at a time. A process that is killed takes the notes of its last
minute with it.
"""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar

from django.db import connection

NOTE_EVERY = 60.0  # seconds between two notes under one key by one process
WRITE_EVERY = 1.0  # seconds between two looks at what is to be written
MOST_AT_ONCE = 250  # notes that are written together

K = TypeVar("K")  # a key: hashable and ordered
N = TypeVar("N")  # a note


class _Page(Generic[N]):
    """What is noted under one key. `due`: not written before then, by the monotonic clock."""

    __slots__ = ("due", "is_new", "note")

    def __init__(self, note: N) -> None:
        self.note = note
        self.is_new = True
        self.due = 0.0


class Notebook(ABC, Generic[K, N]):
    """The notes of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: dict[K, _Page[N]] = {}
        self._writer: threading.Thread | None = None

    @abstractmethod
    def replaces(self, known: N, new: N) -> bool:
        """Whether a new note takes the place of the one that is known under its key."""

    @abstractmethod
    def written(self, notes: Mapping[K, N]) -> bool:
        """Write the notes; whether that could be done. If not, it is tried again in a minute."""

    def note(self, key: K, note: N) -> None:
        with self._lock:
            page = self._pages.get(key)
            if page is None:
                self._pages[key] = _Page(note)
            elif self.replaces(page.note, note):
                page.note, page.is_new = note, True
            if self._writer is None:
                self._wake()

    def latest(self, key: K) -> N | None:
        """The last note under the key that this process knows of."""
        page = self._pages.get(key)
        return page.note if page else None

    def write(self) -> None:
        """Write what is due, and forget what has not changed since it was written."""
        now = time.monotonic()
        with self._lock:
            due = {key: page for key, page in self._pages.items() if page.due <= now}
            new = {key: page.note for key, page in due.items() if page.is_new}
            for key, page in due.items():
                page.is_new, page.due = False, now + NOTE_EVERY
                if key not in new:
                    del self._pages[key]
        for some in _batches(new):
            if not self.written(some):
                self._keep(some)

    def _keep(self, notes: Mapping[K, N]) -> None:
        with self._lock:
            for page in (self._pages.get(key) for key in notes):
                if page is not None:
                    page.is_new = True

    def _wake(self) -> None:
        self._writer = threading.Thread(target=self._write_on, name="notes", daemon=True)
        self._writer.start()

    def _write_on(self) -> None:
        try:
            while self._goes_on():
                time.sleep(WRITE_EVERY)
                self.write()
                connection.close_if_unusable_or_obsolete()
        finally:
            connection.close()
            with self._lock:
                if self._writer is threading.current_thread():
                    self._writer = None

    def _goes_on(self) -> bool:
        with self._lock:
            if not self._pages:
                self._writer = None
            return bool(self._pages)


def _batches(notes: Mapping[K, N]) -> Iterator[Mapping[K, N]]:
    """In the order of their keys, so that two writers do not wait for each other."""
    ordered: list[Any] = sorted(notes)
    for start in range(0, len(ordered), MOST_AT_ONCE):
        yield {key: notes[key] for key in ordered[start : start + MOST_AT_ONCE]}
