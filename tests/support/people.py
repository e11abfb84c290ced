"""Principals for tests, made through the models, and callers as a door makes them."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from iam import revision
from iam.models import Account, InlinePolicy, Role, User
from iam.principals import role_principal, root_principal, user_principal
from service.caller import Caller, Principal

ACCOUNT = "123456789012"
OTHER_ACCOUNT = "210987654321"
REGION = "us-east-1"


def account(number: str = ACCOUNT) -> Account:
    return Account.objects.get_or_create(id=number)[0]


def user(name: str, *allowed: str, number: str = ACCOUNT, **columns: Any) -> User:
    """A user with an inline policy that allows `allowed` on everything; nothing if empty."""
    made = User.objects.create(account=account(number), name=name, **columns)
    if allowed:
        attach(made, statement("Allow", *allowed))
    return made


def role(name: str, *allowed: str, number: str = ACCOUNT, **columns: Any) -> Role:
    made = Role.objects.create(account=account(number), name=name, trust_policy="{}", **columns)
    if allowed:
        InlinePolicy.objects.create(
            role=made, name="allowed", document=policy(statement("Allow", *allowed))
        )
    return made


def attach(owner: User, *statements: dict[str, Any], name: str = "allowed") -> None:
    InlinePolicy.objects.create(user=owner, name=name, document=policy(*statements))


def statement(effect: str, *actions: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": list(actions), "Resource": resource, **more}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def caller_of(who: User | Role | Principal, region: str = REGION, **fields: Any) -> Caller:
    """A caller as a door makes it: with a snapshot of now."""
    given: dict[str, Any] = {
        "source_ip": "127.0.0.1",
        "user_agent": "tests",
        "access_key_id": "AKIATESTS",
    }
    return Caller(
        principal=_principal(who),
        region=region,
        time=datetime.now(UTC),
        request_id=str(uuid.uuid4()),
        **{"snapshot": revision.current(), **given, **fields},
    )


def root(number: str = ACCOUNT) -> Principal:
    return root_principal(account(number).id)


def _principal(who: User | Role | Principal) -> Principal:
    if isinstance(who, User):
        return user_principal(who)
    return role_principal(who) if isinstance(who, Role) else who
