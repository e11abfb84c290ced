"""SQLite for many threads and processes: durable, and writers wait in a queue.

SQLite lets one writer in at a time. One that finds another there sleeps and tries again,
for longer each time, so that under load some wait for seconds while the file is idle. Here
a transaction takes its turn first: a lock on `DATABASE.turn`, where the kernel queues those
who wait and wakes the next. The turn only spares the sleeping. What keeps the data whole is
SQLite's own lock, so a write without a turn (in autocommit, or by another program) is safe.
"""

import fcntl
import os
from typing import Any

from django.db.backends.sqlite3 import base

WAIT = 30.0  # seconds for SQLite's own lock, which a backup or a checkpoint may hold
_DURABLE = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # every commit is on disk before it is answered
)


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
        for pragma in _DURABLE:
            connection.execute(pragma)
        return connection

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._end_turn()  # after a commit that failed comes a rollback

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

    def _end_turn(self) -> None:
        descriptor, self._turn = self._turn, None
        if descriptor is not None:
            os.close(descriptor)
