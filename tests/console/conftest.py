"""Operators at a browser."""

import pytest

from tests.console.browsing import Browser
from tests.support import people


@pytest.fixture
def admin(db: None) -> Browser:
    """An operator whom policies allow everything, signed in."""
    return Browser(people.user("admin", "*"))
