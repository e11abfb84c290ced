"""Shapes of STS's model that several operations share."""

from dataclasses import field
from datetime import UTC, datetime
from typing import Any

from iam.session_tokens import MOST_LETTERS
from iam.sessions import TemporaryCredentials
from service.value import value


@value
class Credentials:
    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    expiration: datetime


def credentials_of(made: TemporaryCredentials) -> Credentials:
    return Credentials(made.access_key_id, made.secret, made.session_token, made.expiration)


def utilization(made: TemporaryCredentials) -> int:
    """How much of the largest token there can be this one is, in percent."""
    return -(-len(made.session_token) * 100 // MOST_LETTERS)


def recordable(made: TemporaryCredentials) -> dict[str, Any]:
    """What a record says of them: by the access key id, what is done with them is found."""
    expiration = made.expiration.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"credentials": {"accessKeyId": made.access_key_id, "expiration": expiration}}
