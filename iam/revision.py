"""The revision: one number in the database that moves on with every change.

A process keeps what it read under the revision it read it at (`service.snapshot`). Every
call begins with `current()`, so a revoked permission or a disabled key is never used
from memory: on SQLite each call reads the number unless the marks beside the database
(`iam.marks`) say that it stands, on PostgreSQL at most `MOST_AGE` seconds pass between two
reads. A change made in this process is seen by it at once.
"""

import threading
import time
from contextlib import suppress

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F

from iam import marks
from iam.models import Revision
from service.database import connection
from service.snapshot import Snapshot

THE_ROW = 1
_QUERY = "SELECT value FROM iam_revision WHERE id = 1"  # that is THE_ROW
MOST_AGE = 0.5  # seconds, where other machines may change the database


class _Latest:
    """The snapshot this process shares, and since when it is known to be current."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.snapshot = Snapshot(-1)
        self.read_at = -MOST_AGE
        self.mark: bytes | None = None
        self.forgotten = 0
        self._marks: dict[str, marks.Marks] = {}

    def marks_at(self, path: str) -> marks.Marks:
        return self._marks.get(path) or self._marks.setdefault(path, marks.Marks(path))


class _Here(threading.local):
    """The change that this thread has begun and not ended: where its mark is, and the mark."""

    change: tuple[str, bytes] | None = None


_latest, _here = _Latest(), _Here()


def current() -> Snapshot:
    """The memory that holds what is true now.

    Within a transaction it is an empty one of the caller's own: what a transaction reads
    may be rolled back, and must not be remembered by others.
    """
    database = connection()
    if database.in_atomic_block:
        return Snapshot(-1)
    mark = None
    if database.vendor != "sqlite":
        if time.monotonic() - _latest.read_at < MOST_AGE:
            return _latest.snapshot
    elif path := _marks_of(database):
        known = _latest.mark, _latest.snapshot
        mark = _latest.marks_at(path).standing()
        if mark is not None and known[0] == mark:
            return known[1]
    forgotten, read_at = _latest.forgotten, time.monotonic()
    return _remember(_read(database), read_at, mark, forgotten)


def at_this_moment() -> Snapshot:
    """The same, read anew where another machine may have changed something since.

    A change is planned on it before its transaction begins.
    """
    if connection().vendor != "sqlite":
        _latest.read_at = -MOST_AGE
    return current()


def move_on() -> None:
    """Count a change: the first statement of the transaction that makes it.

    Changes wait here for each other (on SQLite they did before), so that what is decided
    from here on is still true when the transaction commits.
    """
    if not Revision.objects.filter(pk=THE_ROW).update(value=F("value") + 1):
        Revision.objects.create(pk=THE_ROW, value=1)
    if path := _marks_of(connection()):
        _here.change = path, marks.begin(path)
    transaction.on_commit(_committed)


def undone() -> None:
    """The change that this thread began was rolled back, for a reason that is understood."""
    if not connection().in_atomic_block:
        _end()


def forget() -> None:
    """Drop this process's memory; the next call reads anew."""
    with _latest.lock:
        _latest.forgotten += 1
        _latest.mark = None
        _latest.snapshot, _latest.read_at = Snapshot(-1), -MOST_AGE


def _committed() -> None:
    forget()
    _end()


def _end() -> None:
    change, _here.change = _here.change, None
    if change is not None:
        with suppress(OSError):  # the marks go on to differ, and the database is asked
            marks.end(*change)


def _marks_of(database: BaseDatabaseWrapper) -> str | None:
    """The path of the marks' file: none where other machines may change the database."""
    if database.vendor != "sqlite" or database.is_in_memory_db():  # type: ignore[attr-defined]
        return None
    return f"{database.path}.marks"  # type: ignore[attr-defined]


def _remember(value: int, read_at: float, mark: bytes | None, forgotten: int) -> Snapshot:
    """`mark`: the one that stood before the value was read."""
    with _latest.lock:
        if forgotten != _latest.forgotten:  # read before a change of our own: use it once
            return Snapshot(-1)
        if value != _latest.snapshot.revision:
            _latest.snapshot = Snapshot(value)
        _latest.mark, _latest.read_at = mark, read_at
        return _latest.snapshot


def _read(database: BaseDatabaseWrapper) -> int:
    if database.vendor == "sqlite" and database.connection is not None:
        # every call does this, and Django's cursor would cost three times the query
        row = database.connection.execute(_QUERY).fetchone()
    else:
        with database.cursor() as cursor:
            cursor.execute(_QUERY)
            row = cursor.fetchone()
    return int(row[0]) if row else 0
