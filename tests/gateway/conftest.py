"""An account with an administrator, and a door to knock at."""

import json
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import pytest
from botocore.credentials import Credentials

from gateway import door
from iam import access_keys, revision
from iam.bootstrap import first_account
from tests.support import people
from tests.support.signing import environ, signed_headers

JSON = "application/x-amz-json-1.1"


class Knock:
    """Sends signed requests to the door and reads its answers."""

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials

    def json(self, target: str, body: bytes | Mapping[str, Any] = b"{}", **given: Any):
        """The status and the JSON of the answer to a call of a JSON service."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": JSON, "X-Amz-Target": target, **given.pop("headers", {})}
        service = given.pop("service", "kms")
        status, _, answer = self.send(raw, headers, service=service, **given)
        return status, json.loads(answer) if answer else None

    def query(self, body: str, **given: Any):
        """The status and the XML of the answer to a call of a query service."""
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        status, _, answer = self.send(
            body.encode(), headers, service=given.pop("service", "sts"), **given
        )
        return status, ElementTree.fromstring(answer)

    def send(
        self,
        body: bytes,
        headers: Mapping[str, str],
        *,
        service: str = "kms",
        region: str = "us-east-1",
        **more: Any,
    ):
        signed = signed_headers(self.credentials, service, region, body, headers)
        return door.answer(environ(body, signed, **more))


@pytest.fixture
def administrator(transactional_db) -> Credentials:
    made = first_account(people.ACCOUNT)
    return Credentials(made.access_key_id, made.secret)


@pytest.fixture
def knock(administrator) -> Knock:
    return Knock(administrator)


@pytest.fixture
def nobody(administrator) -> Knock:
    """A user to whom nothing is allowed."""
    user = people.user("nobody")
    made = access_keys.create(user.account, user)
    revision.forget()
    return Knock(Credentials(made.access_key_id, made.secret))
