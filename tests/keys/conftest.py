"""Callers of KMS, and chains of its own for each test."""

from collections.abc import Iterator

import pytest

from audit import checkpoints, trail
from tests.keys.using import Kms
from tests.support import people


@pytest.fixture(autouse=True)
def _chains_of_its_own(monkeypatch) -> Iterator[None]:
    monkeypatch.setattr(checkpoints, "_next_look", float("inf"))
    trail.forget()
    yield
    trail.forget()


@pytest.fixture
def kms() -> Kms:
    """An administrator of the account."""
    return Kms(people.user("admin", "*"))


@pytest.fixture
def stranger() -> Kms:
    """An administrator of another account."""
    return Kms(people.user("stranger", "*", number=people.OTHER_ACCOUNT))


@pytest.fixture
def key(kms) -> str:
    """The id of an enabled key."""
    return kms.create().key_id
