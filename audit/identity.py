"""CloudTrail's `userIdentity`: who a record is about."""

from collections.abc import Mapping
from typing import Any

from audit.plain import clean
from service.caller import Caller, Principal, PrincipalKind

MOST_KEY_ID = 128


def user_identity(caller: Caller) -> dict[str, Any]:
    """The element as CloudTrail writes it for the kind of principal, without empty members."""
    principal = caller.principal
    found: dict[str, Any] = {"type": principal.kind.value}
    if principal.id:
        found["principalId"] = principal.id
        found["arn"] = principal.arn
        found["accountId"] = principal.account
    if caller.access_key_id:
        found["accessKeyId"] = clean(caller.access_key_id, MOST_KEY_ID)
    if principal.kind is PrincipalKind.USER:
        found["userName"] = principal.name
    if principal.session is not None or principal.kind is PrincipalKind.ASSUMED_ROLE:
        found["sessionContext"] = _session(principal)
    if caller.via:
        found["invokedBy"] = caller.via
    return found


def _session(principal: Principal) -> dict[str, Any]:
    """Nobody can have shown a second factor yet."""
    found: dict[str, Any] = {}
    if principal.kind is PrincipalKind.ASSUMED_ROLE:
        found["sessionIssuer"] = _issuer(principal)
    if principal.session is not None:
        created = principal.session.issued.strftime("%Y-%m-%dT%H:%M:%SZ")
        found["attributes"] = {"creationDate": created, "mfaAuthenticated": "false"}
        if principal.session.source_identity:
            found["sourceIdentity"] = principal.session.source_identity
    return found


def _issuer(principal: Principal) -> dict[str, str]:
    """The role whose session this is; a session's id is ROLE-ID:SESSION-NAME."""
    return {
        "type": PrincipalKind.ROLE.value,
        "principalId": principal.id.partition(":")[0],
        "arn": principal.role_arn,
        "accountId": principal.account,
        "userName": principal.name,
    }


def user_name(identity: Mapping[str, Any]) -> str:
    """The name under which LookupEvents finds `identity`: user, session, or "root"."""
    if identity["type"] == PrincipalKind.ROOT:
        return "root"
    if identity["type"] == PrincipalKind.ASSUMED_ROLE:
        return str(identity["principalId"]).partition(":")[2]
    return str(identity.get("userName", ""))
