"""Calls to STS without a door, and callers who sign with what it gave."""

import json
from datetime import UTC, datetime
from typing import Any

from botocore.credentials import Credentials

from iam import authenticate
from iam.authenticate import Arrival
from iam.models import Role
from iam.sessions import TemporaryCredentials
from iam.sigv4 import SignedRequest
from kms_project.operations import OPERATIONS
from service.call import call
from service.caller import Caller
from tests.support import people
from tests.support.signing import signed_headers

ROOT = f"arn:aws:iam::{people.ACCOUNT}:root"
OTHER_ROOT = f"arn:aws:iam::{people.OTHER_ACCOUNT}:root"


def trusting(*principals: str, actions: Any = "sts:AssumeRole", **more: Any) -> str:
    """A trust policy that lets `principals` in."""
    statement = {"Effect": "Allow", "Principal": {"AWS": list(principals)}, "Action": actions}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, **more}]})


def role(name: str, *principals: str, allowed: Any = (), actions: Any = "sts:AssumeRole", **more):
    """A role that trusts `principals`, with `Condition` if given; `allowed` is what it may do."""
    condition = {"Condition": more.pop("Condition")} if "Condition" in more else {}
    made = people.role(name, *allowed, **more)
    made.trust_policy = trusting(*principals, actions=actions, **condition)
    made.save()
    return made


class Sts:
    """Asks STS as somebody: `Sts(alice).take(role)`, or by an operation's name."""

    def __init__(self, who: Any, **fields: Any) -> None:
        self._who, self._fields = who, fields

    @property
    def caller(self) -> Caller:
        if isinstance(self._who, Caller):
            return self._who
        return people.caller_of(self._who, **self._fields)

    def ask(self, action: str, **params: Any) -> Any:
        return call(self.caller, OPERATIONS[f"sts:{action}"], params)

    def take(self, taken: Role | str, name: str = "monday", **params: Any) -> Any:
        arn = taken if isinstance(taken, str) else taken.arn
        return self.ask("AssumeRole", RoleArn=arn, RoleSessionName=name, **params)

    def session(self, taken: Role, name: str = "monday", **params: Any) -> Caller:
        """Who signs with the credentials that the taken role gives."""
        return signing(self.take(taken, name, **params).credentials)


def signing(given: Any, service: str = "kms", at: datetime | None = None, **changed: str) -> Caller:
    """The caller of a request signed with temporary credentials; `changed` are other parts."""
    if isinstance(given, TemporaryCredentials):
        parts = {"key": given.access_key_id, "secret": given.secret, "token": given.session_token}
    else:
        parts = {
            "key": given.access_key_id,
            "secret": given.secret_access_key,
            "token": given.session_token,
        }
    parts |= changed
    credentials = Credentials(parts["key"], parts["secret"], parts["token"])
    at = at or datetime.now(UTC)
    headers = signed_headers(credentials, service, people.REGION, b"", {}, at=at)
    request = SignedRequest("POST", "/", "", headers, lambda: b"", frozenset({service}))
    return authenticate.caller(request, Arrival("id", at, "aws"))
