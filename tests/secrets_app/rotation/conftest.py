from datetime import UTC, datetime

import pytest

from iam.sessions import TemporaryCredentials
from secrets_app.rotation import credentials
from tests.support import people

KEYS = TemporaryCredentials(
    "ASIATESTSTESTSTESTS1",
    datetime(2026, 1, 1, tzinfo=UTC),
    "the session's secret",
    "the session's token",
)


@pytest.fixture
def role(db):
    """Whom handlers act as."""
    return people.role("rotator", "secretsmanager:*")


@pytest.fixture
def keys(monkeypatch) -> TemporaryCredentials:
    """What handlers sign with, where nobody verifies it."""
    monkeypatch.setattr(credentials, "of_function", lambda function: KEYS)
    return KEYS
