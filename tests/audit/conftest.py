"""Each test has a STRONGROOM_HOME, a root key and chains of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from audit import checkpoints, trail
from crypto.root_key import FileRootKey


@pytest.fixture(autouse=True)
def home(settings, tmp_path) -> Path:
    settings.STRONGROOM_HOME = tmp_path / "home"
    settings.STRONGROOM_HOME.mkdir()
    settings.STRONGROOM_ROOT_KEY_FILE = settings.STRONGROOM_HOME / "root.key"
    FileRootKey.create(settings.STRONGROOM_ROOT_KEY_FILE)
    return settings.STRONGROOM_HOME


@pytest.fixture(autouse=True)
def _chains_of_its_own(home, monkeypatch) -> Iterator[None]:
    """No checkpoint is made unasked: a test that wants one asks for it."""
    monkeypatch.setattr(checkpoints, "_next_look", float("inf"))
    trail.forget()
    yield
    trail.forget()
