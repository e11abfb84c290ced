"""An administrator who signs, one who bears a token, and a user who may do nothing."""

import pytest
from botocore.credentials import Credentials

from iam import access_keys, revision
from iam.bootstrap import first_account
from iam.models import User
from tests.rest.asking import Rest, token_of
from tests.support import people


@pytest.fixture
def credentials(transactional_db) -> Credentials:
    made = first_account(people.ACCOUNT)
    return Credentials(made.access_key_id, made.secret)


@pytest.fixture
def rest(credentials) -> Rest:
    """The administrator, signing."""
    return Rest(credentials)


@pytest.fixture
def administrator(credentials) -> User:
    return User.objects.get(name="administrator")


@pytest.fixture
def bearer(administrator) -> Rest:
    """The administrator, with a token."""
    return Rest(token=token_of(administrator))


@pytest.fixture
def nobody(credentials) -> Rest:
    """A user to whom nothing is allowed, signing."""
    user = people.user("nobody")
    made = access_keys.create(user.account, user)
    revision.forget()
    return Rest(Credentials(made.access_key_id, made.secret))


@pytest.fixture
def key_id(rest) -> str:
    made: str = rest.post("keys", {}).json()["key_id"]
    return made
