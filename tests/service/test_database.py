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
    async def look() -> bool:
        return database.connection() is connections["default"]

    assert asyncio.run(look())
    assert database.connection() is connections["default"]
