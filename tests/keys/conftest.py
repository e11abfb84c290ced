"""Callers of KMS."""

from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from crypto import wrapping
from tests.keys.using import Kms
from tests.support import people

_rsa_key = cache(generate_private_key)
_wrapping_key = cache(wrapping.generate)


@pytest.fixture(autouse=True)
def _rsa_keys_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes up to seconds, and no test here is about their being different."""
    monkeypatch.setattr("crypto.rsa.generate_private_key", _rsa_key)
    monkeypatch.setattr(wrapping, "generate", _wrapping_key)


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
