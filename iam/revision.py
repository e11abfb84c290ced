"""The revision: one number in the database that moves on with every change.

A process keeps what it read under the revision it read it at (`service.snapshot`). Every
call begins with `current()`, so a revoked permission or a disabled key is never used
from memory: on SQLite each call reads the number, on PostgreSQL at most `MOST_AGE`
seconds pass between two reads. A change made in this process is seen by it at once.
"""

import threading
import time

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F

from iam.models import Revision
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
        self.forgotten = 0


_latest = _Latest()


def current() -> Snapshot:
    """The memory that holds what is true now.

    Within a transaction it is an empty one of the caller's own: what a transaction reads
    may be rolled back, and must not be remembered by others.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if database.in_atomic_block:
        return Snapshot(-1)
    if database.vendor != "sqlite" and time.monotonic() - _latest.read_at < MOST_AGE:
        return _latest.snapshot
    forgotten, read_at = _latest.forgotten, time.monotonic()
    value = _read(database)
    if value == _latest.snapshot.revision and forgotten == _latest.forgotten:
        _latest.read_at = read_at
        return _latest.snapshot
    return _remember(value, read_at, forgotten)


def move_on() -> None:
    """Count a change: the first statement of the transaction that makes it.

    Changes wait here for each other (on SQLite they did before), so that what is decided
    from here on is still true when the transaction commits.
    """
    if not Revision.objects.filter(pk=THE_ROW).update(value=F("value") + 1):
        Revision.objects.create(pk=THE_ROW, value=1)
    transaction.on_commit(forget)


def forget() -> None:
    """Drop this process's memory; the next call reads anew."""
    with _latest.lock:
        _latest.forgotten += 1
        _latest.snapshot, _latest.read_at = Snapshot(-1), -MOST_AGE


def _remember(value: int, read_at: float, forgotten: int) -> Snapshot:
    with _latest.lock:
        if forgotten != _latest.forgotten:  # read before a change of our own: use it once
            return Snapshot(-1)
        if value != _latest.snapshot.revision:
            _latest.snapshot = Snapshot(value)
        _latest.read_at = read_at
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
