"""Callers of Secrets Manager."""

import pytest

from tests.keys.using import Kms
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
