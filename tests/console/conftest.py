"""Operators at a browser."""

from collections.abc import Iterator

import pytest

from audit import checkpoints, trail
from tests.console.browsing import Browser
from tests.support import people


@pytest.fixture(autouse=True)
def _chains_of_its_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(checkpoints, "_next_look", float("inf"))
    trail.forget()
    yield
    trail.forget()


@pytest.fixture
def admin(db: None) -> Browser:
    """An operator whom policies allow everything, signed in."""
    return Browser(people.user("admin", "*"))
