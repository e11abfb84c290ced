"""SQLite for many threads and processes: durable, and writers wait in a queue.

SQLite lets one writer in at a time. One that finds another there sleeps and tries again,
for longer each time, so that under load some wait for seconds while the file is idle. Here
a transaction takes its turn first: a lock on `DATABASE.turn`, where the kernel queues those
who wait and wakes the next. The turn only spares the sleeping. What keeps the data whole is
SQLite's own lock, so a write without a turn (in autocommit, or by another program) is safe.

A transaction is flushed to disk after its turn (`kms_project.sqlite.log`), so that the next
one is written meanwhile. What is written outside of transactions and of `one_statement` is
flushed with the next of these: sessions and times of last use, nothing that an answer
promises.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from kms_project.sqlite.log import Log

WAIT = 30.0  # seconds for SQLite's own lock, which a backup or a checkpoint may hold
_FROM_THE_START = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",  # every flush but the one at a commit, which is ours
)
_EMPTY_THE_LOG = "PRAGMA wal_checkpoint(TRUNCATE)"


@cache
def real_path(name: str) -> str:
    return os.path.realpath(name)


@cache
def log_of(path: str) -> Log:
    """The one log of a database in this process."""
    return Log(path)


os.register_at_fork(after_in_child=log_of.cache_clear)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection, of one thread at a time, with a descriptor to queue by."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: int | None = None

    @property
    def path(self) -> str:
        """Where SQLite keeps its own files beside the database: symbolic links are followed."""
        return real_path(str(self.settings_dict["NAME"]))

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = {"timeout": WAIT, **super().get_connection_params()}
        # a transaction that reads first and writes later could not wait for its turn
        self.transaction_mode = "IMMEDIATE"
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        for pragma in _FROM_THE_START:
            connection.execute(pragma)
        return connection

    @contextmanager
    def one_statement(self) -> Iterator[None]:
        """Outside of transactions: a turn for one statement, which is a transaction by itself.

        What it wrote is on disk when this is left. Raises OperationalError if it may not be.
        """
        self._take_turn()
        try:
            yield
        except BaseException:
            self._end_turn()
            raise
        self._end_turn()
        if not self.is_in_memory_db():
            self._flush()

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        if self._end_turn():  # after a commit that failed comes a rollback
            self._flush()

    def _rollback(self) -> None:
        super()._rollback()  # type: ignore[misc]
        self._end_turn()  # after a rollback that failed the connection is closed

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _take_turn(self) -> None:
        if self._turn is not None or self.is_in_memory_db():
            return
        self._leave_no_doubt()
        # A descriptor of its own for each turn: the kernel queues open files, not threads,
        # and one that is closed, by whatever way its holder ends, gives the turn to the next.
        self._turn = os.open(f"{self.path}.turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._turn, fcntl.LOCK_EX)
        except BaseException:
            self._end_turn()
            raise

    def _end_turn(self) -> bool:
        """Whether there was one to end."""
        descriptor, self._turn = self._turn, None
        if descriptor is not None:
            os.close(descriptor)
        return descriptor is not None

    def _flush(self) -> None:
        try:
            self._log.flush()
        except OSError as error:
            raise OperationalError(f"the log could not be flushed to disk: {error}") from None

    def _leave_no_doubt(self) -> None:
        """Raises OperationalError where a flush failed, and what it left cannot be saved."""
        if not self._log.is_doubtful:
            return
        with self.cursor() as cursor:
            busy, *_ = cursor.execute(_EMPTY_THE_LOG).fetchone()
        if busy:
            raise OperationalError("the log could not be flushed to disk, nor emptied")
        self._log.is_saved()

    @property
    def _log(self) -> Log:
        return log_of(self.path)
