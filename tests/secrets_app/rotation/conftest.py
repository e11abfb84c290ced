import pytest

from secrets_app.rotation import credentials
from secrets_app.rotation.credentials import Credentials
from tests.support import people

KEYS = Credentials("ASIATESTSTESTSTESTS1", "the session's secret", "the session's token")


@pytest.fixture
def role(db):
    """Whom handlers act as."""
    return people.role("rotator", "secretsmanager:*")


@pytest.fixture
def keys(monkeypatch) -> Credentials:
    """What handlers sign with, where nobody verifies it."""
    monkeypatch.setattr(credentials, "of_function", lambda function: KEYS)
    return KEYS
