"""Chains: each process links its records in one of its own, so processes never wait for each other.

Whoever appends does so in this order, which cannot lead two of them to wait for each other:
open the transaction (on SQLite that takes the database's write lock), take the chain's
turn, append, commit, and only then leave the turn:

    with ExitStack() as turn, transaction.atomic():
        ...
        append = turn.enter_context(chain.turn())
        append(bodies)

One statement may be its own transaction (`one_statement` in place of `atomic`). The head
moves on only after the commit. If the outcome of a commit is not known, the chain is given
up and the next record begins another; the file of its head allows both outcomes.
"""

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit import heads, models
from audit.digests import SIZE, first_digest, record_digest
from audit.fields import numbered
from audit.places import MOST_CHAINS, SPAN, Head, record_id, sequence_of

IDLE = 12 * 3600.0  # seconds after which a process leaves a chain it has not written to
_ATTEMPTS = 20
MOST_ROWS = 64  # in a statement

Row = tuple[int, bytes, bytes]  # id, body, digest
Append = Callable[[Sequence[bytes]], None]


class GivenUp(Exception):
    """The chain takes no more records; the next one begins another chain."""


class Chain:
    """The chain of this process, with its head in memory."""

    def __init__(self) -> None:
        """Begin a chain, in a transaction of its own. Raises OSError or a database's error."""
        row = begin()
        self.id = row.id
        self._head = self._ahead = Head(0, bytes(row.first))
        self._file = heads.HeadFile(self.id, self._head, exact=True)
        self._lock = threading.Lock()
        self._used = time.monotonic()
        self.given_up = False

    @contextmanager
    def turn(self) -> Iterator[Append]:
        """Enter it within a transaction and leave it after the commit: see above."""
        with self._lock:
            if self.given_up:
                raise GivenUp
            try:
                yield self._append
            except BaseException:
                self.give_up()
                raise
            self._move_on()

    def is_idle(self) -> bool:
        return time.monotonic() - self._used > IDLE

    def leave(self) -> None:
        """Write it no more, once whoever has the turn is done."""
        with self._lock:
            self.give_up()

    def give_up(self) -> None:
        """Write it no more, from now on."""
        self.given_up = True
        self._file.let_go()

    def _append(self, bodies: Sequence[bytes]) -> None:
        rows, self._ahead = linked(self.id, self._head, bodies)
        self._file.write(self._head, self._ahead)
        insert(rows)

    def _move_on(self) -> None:
        self._head, self._used = self._ahead, time.monotonic()
        with suppress(OSError):  # it is committed; what the file says still holds
            self._file.write(self._head, self._head)


class GuestChain:
    """The chain of one thread, for transactions that the trail did not open.

    Nobody tells when such a transaction is rolled back. So the head is read from the
    database each time, and the chain itself may have to be begun again.
    """

    def __init__(self) -> None:
        self._row: models.Chain | None = None
        self._session: object = None
        self._file: heads.HeadFile | None = None
        self._committed = Head(0, b"")

    @contextmanager
    def turn(self) -> Iterator[Append]:
        """As a chain's; no other thread ever writes this one, so there is nothing to wait for."""
        yield self._append

    def _append(self, bodies: Sequence[bytes]) -> None:
        row = self._row
        if row is None or not self._is_still_there(row):
            row = self._begin()
        rows, ahead = linked(row.id, head_of(row), bodies)
        if self._file is not None:
            self._file.write(self._committed, ahead)
        insert(rows)
        transaction.on_commit(lambda: self._move_on(row.id, ahead), robust=True)

    def _is_still_there(self, row: models.Chain) -> bool:
        """A chain goes with the transaction that began it, and is left with its connection."""
        if self._session is not connection.connection:
            return False
        return models.Chain.objects.filter(id=row.id, first=row.first, closed=None).exists()

    def _begin(self) -> models.Chain:
        row = begin()
        self._row, self._session, self._file = row, connection.connection, None
        self._committed = Head(0, bytes(row.first))
        return row

    def _move_on(self, chain: int, head: Head) -> None:
        self._committed = head
        if self._file is None:
            self._file = heads.HeadFile(chain, head, exact=False)
        self._file.write(head, head)


def begin() -> models.Chain:
    """A new chain's row. Its number is free here and outside the database."""
    for _ in range(_ATTEMPTS):
        number = 1 + max(last_number(), max(heads.chains(), default=0))
        with suppress(IntegrityError), transaction.atomic():
            return models.Chain.objects.create(
                id=number,
                started=timezone.now(),
                label=f"{socket.gethostname()}:{os.getpid()}"[:255],
                first=first_digest(number, secrets.token_bytes(SIZE)),
                indexed=record_id(number, 0),
            )
    raise GivenUp


def head_of(row: models.Chain) -> Head:
    """The head of a chain as the database has it."""
    last = (
        models.Record.objects.filter(id__gt=record_id(row.id, 0), id__lt=record_id(row.id + 1, 0))
        .order_by("-id")
        .values_list("id", "digest")
        .first()
    )
    if last is None:
        return Head(0, bytes(row.first))
    return Head(sequence_of(last[0]), bytes(last[1]))


def linked(chain: int, head: Head, bodies: Sequence[bytes]) -> tuple[list[Row], Head]:
    """The rows that follow `head` in the chain, and the new head."""
    rows, place, digest = list[Row](), record_id(chain, head.sequence), head.digest
    for body in bodies:
        place += 1
        digest = record_digest(digest, body)
        rows.append((place, body, digest))
    return rows, Head(place % SPAN, digest)


def insert(rows: Sequence[Row]) -> None:
    """In as few statements as may be: in one, up to `MOST_ROWS`."""
    with connection.cursor() as cursor:
        for start in range(0, len(rows), MOST_ROWS):
            some = rows[start : start + MOST_ROWS]
            cursor.execute(_insertion(len(some)), [value for row in some for value in row])


@cache
def _insertion(rows: int) -> str:
    """The statement for so many records. One for each record takes twice as long."""
    values = ", ".join(["(%s, %s, %s)"] * rows)
    return f"INSERT INTO audit_record (id, body, digest) VALUES {values}"  # noqa: S608 - places only


def last_number() -> int:
    known = numbered(models.Chain.objects.filter(id__lt=MOST_CHAINS))
    return max(known.order_by("-id").values_list("id", flat=True).first() or 0, 0)
