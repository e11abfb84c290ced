"""The connection of a thread is the one that Django keeps for it."""

import asyncio
from threading import Thread

from django.db import connections

from service import database


def test_it_is_djangos_own():
    assert database.connection() is connections["default"]


def test_each_thread_has_its_own():
    found = []

    def look() -> None:
        found.append(database.connection() is connections["default"])
        found.append(database.connection())

    thread = Thread(target=look)
    thread.start()
    thread.join()

    assert found[0] is True
    assert found[1] is not database.connection()


def test_where_an_event_loop_runs_it_is_djangos_own_too():
    found = []

    async def look() -> None:
        found.append(database.connection() is connections["default"])

    # in a thread of its own: a browser's test before may have left a loop in this one
    thread = Thread(target=lambda: asyncio.run(look()))
    thread.start()
    thread.join()

    assert found == [True]
    assert database.connection() is connections["default"]
