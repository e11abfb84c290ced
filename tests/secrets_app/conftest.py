"""Callers of Secrets Manager."""

import pytest

from secrets_app.rotation import invoking
from secrets_app.rotation.models import Kind
from tests.keys.using import Kms
from tests.secrets_app.rotation.rotating import Generic
from tests.secrets_app.using import Secrets
from tests.support import people


@pytest.fixture
def sm() -> Secrets:
    """An administrator of the account."""
    return Secrets(people.user("admin", "*"))


@pytest.fixture
def kms(sm) -> Kms:
    """The same administrator, calling KMS."""
    return Kms(sm.who)


@pytest.fixture
def nobody() -> Secrets:
    """A user who may do nothing."""
    return Secrets(people.user("nobody"))


@pytest.fixture
def stranger() -> Secrets:
    """An administrator of another account."""
    return Secrets(people.user("stranger", "*", number=people.OTHER_ACCOUNT))


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> Generic:
    """What every built-in rotation function does in this test."""
    made = Generic()
    monkeypatch.setitem(invoking._RUN, Kind.BUILT_IN, made)
    return made
