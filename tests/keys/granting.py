"""Grants as tests make them."""

from collections.abc import Callable
from typing import Any

from iam.models import Role, User
from iam.sessions import principal_of
from keys.models import Grant
from service.caller import Principal, PrincipalKind
from tests.keys.using import Kms
from tests.support import people

OPERATIONS = ("Encrypt", "Decrypt")
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/orders"


def grant(kms: Kms, key: str, to: User | Role | str, *operations: str, **more: Any) -> Any:
    """What CreateGrant answers; for Encrypt and Decrypt unless others are named."""
    params = {"GranteePrincipal": to if isinstance(to, str) else to.arn, **more}
    if "GranteeServicePrincipal" in more:
        del params["GranteePrincipal"]
    return kms("CreateGrant", KeyId=key, Operations=list(operations or OPERATIONS), **params)


def session_of(role: Role, name: str = "monday") -> Principal:
    return principal_of(role, name)


def service(name: str = "dynamodb.amazonaws.com") -> Principal:
    return Principal(PrincipalKind.SERVICE, people.ACCOUNT, arn="", id=name, name=name)


def listed(kms: Kms, key: str, **params: Any) -> list[str]:
    """The ids of the grants in all pages of ListGrants."""
    return walked(lambda **page: kms("ListGrants", KeyId=key, **params, **page))


def walked(ask: Callable[..., Any]) -> list[str]:
    found: list[str] = []
    marker: dict[str, str] = {}
    while True:
        answer = ask(**marker)
        found += [each.grant_id for each in answer.grants]
        assert answer.truncated is (answer.next_marker is not None)
        if not answer.truncated:
            return found
        marker = {"Marker": answer.next_marker}


def row(answer: Any) -> Grant:
    return Grant.objects.get(grant_id=answer.grant_id)
