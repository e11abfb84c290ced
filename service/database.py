"""This thread's connection to the database."""

import threading
from asyncio import _get_running_loop

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper


class _Here(threading.local):
    """Django keeps one for each thread, too, but takes a hundredth of a call to look it up."""

    def __init__(self) -> None:
        self.connection = connections[DEFAULT_DB_ALIAS]


_here = _Here()


def connection() -> BaseDatabaseWrapper:
    """The thread's connection: what `django.db.connection` stands for."""
    if _get_running_loop() is None:
        return _here.connection
    return connections[DEFAULT_DB_ALIAS]  # in a thread with an event loop, each task has its own
