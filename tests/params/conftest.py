"""Callers of Parameter Store."""

import pytest

from tests.keys.using import Kms
from tests.params.using import Ssm
from tests.support import people


@pytest.fixture
def ssm() -> Ssm:
    """An administrator of the account."""
    return Ssm(people.user("admin", "*"))


@pytest.fixture
def kms(ssm) -> Kms:
    """The same administrator, calling KMS."""
    return Kms(ssm.who)
