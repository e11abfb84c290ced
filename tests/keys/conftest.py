"""Callers of KMS."""

import pytest

from crypto import wrapping
from tests.keys.using import Kms
from tests.support import people


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


@pytest.fixture
def one_wrapping_key(monkeypatch) -> None:
    """Every import goes with the same wrapping key: to make them takes most of a test's time."""
    made = wrapping.generate("RSA_2048")
    monkeypatch.setattr(wrapping, "generate", lambda spec: made)
