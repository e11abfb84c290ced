"""Whom a grant names: principals by ARN, services by name.

As in policies, the partition of an ARN does not matter: `arn:aws-cn:iam::…` is the same
identity as `arn:aws:iam::…`, in the regions of that partition.
"""

import re

from keys.errors import InvalidArn
from service.caller import Caller, PrincipalKind
from service.value import value

_PRINCIPAL = re.compile(
    r"arn:(aws[a-z-]*):(?:iam::(\d{12}):(?:root|(?:user|role)/.+)"
    r"|sts::(\d{12}):(?:assumed-role/[^/]+/[^/]+|federated-user/[^/]+))",
    re.ASCII,
)


@value
class Names:
    """All names by which grants can mean a caller.

    own      its own: its ARN, its role's, the service's
    account  its account's, by which a grant lets that account decide
    """

    own: tuple[str, ...]
    account: tuple[str, ...]


def names_of(caller: Caller) -> Names:
    """Also those of the service through which the caller comes (`caller.via`)."""
    principal = caller.principal
    services = _service_names(caller, caller.via)
    if principal.kind is PrincipalKind.SERVICE:
        return Names(_service_names(caller, principal.name) + services, ())
    own = spellings(caller, principal.arn)
    if principal.role_arn and principal.role_arn != principal.arn:
        own += spellings(caller, principal.role_arn)
    if principal.kind is PrincipalKind.ROOT:
        return Names(own + services, ())
    return Names(own + services, spellings(caller, f"arn:aws:iam::{principal.account}:root"))


def spellings(caller: Caller, arn: str) -> tuple[str, ...]:
    """A principal's ARN as it is written in the caller's region."""
    bare = arn.split(":", 2)[-1]
    partitions = dict.fromkeys(("aws", caller.partition))
    return tuple(f"arn:{partition}:{bare}" for partition in partitions)


def require_principal(caller: Caller, text: str | None) -> None:
    """Raise InvalidArn unless `text`, if there is one, can be a principal's ARN.

    Whether there is such a principal does not matter, as in key policies.
    """
    if text is not None:
        account_of(caller, text)


def account_of(caller: Caller, text: str) -> str:
    """The account of a principal. Raises InvalidArn."""
    found = _PRINCIPAL.fullmatch(text)
    if found is None or found[1] not in ("aws", caller.partition):
        raise InvalidArn(f"ARN does not refer to a valid principal: {text}")
    return found[2] or found[3]


def is_service(name: str) -> bool:
    """Whether a stored grantee or retiring principal is a service."""
    return bool(name) and not name.startswith("arn:")


def _service_names(caller: Caller, name: str) -> tuple[str, ...]:
    """A service's name, and the one it has in the region."""
    if not name:
        return ()
    service, _, domain = name.partition(".")
    return name, f"{service}.{caller.region}.{domain}"
