"""SQLite for many threads and processes: durable, and writers wait in a queue.

SQLite lets one writer in at a time. One that finds another there sleeps and tries again,
for longer each time, so that under load some wait for seconds while the file is idle. Here
a transaction takes its turn first: a lock on `DATABASE.turn`, where the kernel queues those
who wait and wakes the next. The turn only spares the sleeping. What keeps the data whole is
SQLite's own lock, so a write without a turn (in autocommit, or by another program) is safe.

A transaction is flushed to disk after its turn (`kms_project.sqlite.log`), so that the next
one is written meanwhile. What is written in autocommit SQLite flushes itself.
"""

import fcntl
import os
from functools import cache
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from kms_project.sqlite.log import Log

WAIT = 30.0  # seconds for SQLite's own lock, which a backup or a checkpoint may hold
_FLUSHED = "PRAGMA synchronous = FULL"  # a commit is on disk when it returns
_NOT_FLUSHED = "PRAGMA synchronous = NORMAL"  # all flushes stay, but for the one at a commit
_FROM_THE_START = ("PRAGMA journal_mode = WAL", _FLUSHED)
_EMPTY_THE_LOG = "PRAGMA wal_checkpoint(TRUNCATE)"


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

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            self._leave_the_flush_to_us()
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
        if self._end_turn():  # after a rollback that failed the connection is closed
            self.connection.execute(_FLUSHED)

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _take_turn(self) -> None:
        if self._turn is not None or self.is_in_memory_db():
            return
        # A descriptor of its own for each turn: the kernel queues open files, not threads,
        # and one that is closed, by whatever way its holder ends, gives the turn to the next.
        path = f"{self.settings_dict['NAME']}.turn"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except BaseException:
            os.close(descriptor)
            raise
        self._turn = descriptor

    def _end_turn(self) -> bool:
        """Whether there was one to end."""
        descriptor, self._turn = self._turn, None
        if descriptor is not None:
            os.close(descriptor)
        return descriptor is not None

    def _leave_the_flush_to_us(self) -> None:
        """Raises OperationalError where a flush failed, and what it left cannot be saved."""
        if self._turn is None:
            return
        log = log_of(str(self.settings_dict["NAME"]))
        if log.is_doubtful:
            busy, *_ = self.connection.execute(_EMPTY_THE_LOG).fetchone()
            if busy:
                raise OperationalError("the log could not be flushed to disk, nor emptied")
            log.is_doubtful = False
        self.connection.execute(_NOT_FLUSHED)

    def _flush(self) -> None:
        try:
            log_of(str(self.settings_dict["NAME"])).flush()
        except OSError as error:
            raise OperationalError(f"the log could not be flushed to disk: {error}") from None
        self.connection.execute(_FLUSHED)
