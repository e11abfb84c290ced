"""What every test may use: a root key in the process, and one running server for all."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage
from django.conf import settings
from django.db import connection

from audit import checkpoints, trail
from crypto.root_key import FileRootKey
from iam import revision
from keys import last_use
from secrets_app import last_access
from service.notebook import Notebook
from tests.support.quick import quick
from tests.support.server import Strongroom

# What these tests reach of what is measured, its own tests reach too, or another process does.
NOT_MEASURED = {"browser", "contract", "keys", "params", "process", "secrets_app", "upgrade"}
# but for these
MEASURED = {"keys/test_hsm_keys.py", "keys/test_last_use.py", "keys/stores/test_external.py"}


@pytest.fixture(scope="session", autouse=True)
def _root_key() -> None:
    FileRootKey.create(Path(settings.STRONGROOM_HOME, "root.key"))


@pytest.fixture(scope="session", autouse=True)
def _quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        quick(patch)
        yield


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a process remembers of its database goes with the database of each test.

    No checkpoint is made unasked, and no use of a key or secret is written: a test that wants
    it asks for it.
    """
    monkeypatch.setattr(checkpoints, "_next_look", float("inf"))
    monkeypatch.setattr(Notebook, "_wake", lambda self: None)
    for forget in (trail.forget, revision.forget, last_use.forget, last_access.forget):
        forget()
    yield
    for forget in (trail.forget, revision.forget, last_use.forget, last_access.forget):
        forget()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Strongroom]:
    """A running server that tests share: they make what they need and leave the rest alone."""
    running = Strongroom(tmp_path_factory.mktemp("server") / "home")
    running.start()
    yield running
    running.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Coverage, which makes a test half as long again, pauses where it has nothing to tell."""
    measuring = Coverage.current()
    if measuring is None or _is_measured(item):
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()


def _is_measured(item: pytest.Item) -> bool:
    path = item.path.relative_to(Path(__file__).parent)
    return path.parts[0] not in NOT_MEASURED or path.as_posix() in MEASURED


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What has nothing to say about another database than SQLite is run with that alone."""
    if connection.vendor == "sqlite":
        return
    config.hook.pytest_deselected(items=[each for each in items if not _asks_the_database(each)])
    items[:] = filter(_asks_the_database, items)


def _asks_the_database(item: pytest.Item) -> bool:
    """A running server has a database of its own, and so has what is marked `sqlite_only`."""
    wanted = set(getattr(item, "fixturenames", ()))
    if item.get_closest_marker("sqlite_only") or "server" in wanted:
        return False
    return bool(item.get_closest_marker("django_db") or wanted & {"db", "transactional_db"})
