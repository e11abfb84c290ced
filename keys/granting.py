"""New grants: what KMS asks of them, and their making."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from keys import grantees, marks, specs
from keys.errors import LimitExceeded
from keys.grants import CREATE, DESCRIBE, RETIRE, Wanted
from keys.models import Grant, Key
from keys.shapes import GrantConstraints
from keys.specs import (
    ENCAPSULATE_DECAPSULATE,
    ENCRYPT_DECRYPT,
    GENERATE_VERIFY_MAC,
    KEY_AGREEMENT,
    SIGN_VERIFY,
    SYMMETRIC_DEFAULT,
)
from service import wire
from service.caller import Caller
from service.errors import ValidationFailed

MOST_GRANTS = 50_000  # of one key
MOST_PAIRS, MOST_CONTEXT = 8, 384  # pairs, and letters of all of them, in a constraint
GRANT_ID_BYTES = 32

_ANY_KEY = frozenset({CREATE, DESCRIBE, RETIRE})
_ENCRYPTION = frozenset({"Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo"})
_DATA_KEYS = frozenset(
    {
        "GenerateDataKey",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
        "GenerateDataKeyWithoutPlaintext",
    }
)
_PUBLIC = frozenset({"GetPublicKey"})
# what keys that are no symmetric encryption keys can be used for
_OF_USAGE: Mapping[str, frozenset[str]] = {
    ENCRYPT_DECRYPT: _ENCRYPTION | _PUBLIC,
    SIGN_VERIFY: _PUBLIC | {"Sign", "Verify"},
    GENERATE_VERIFY_MAC: frozenset({"GenerateMac", "VerifyMac"}),
    KEY_AGREEMENT: _PUBLIC | {"DeriveSharedSecret"},
    ENCAPSULATE_DECAPSULATE: _PUBLIC | {"Encapsulate", "Decapsulate"},
}


class Asked(Protocol):
    """What CreateGrant is given."""

    @property
    def operations(self) -> Sequence[str]: ...
    @property
    def constraints(self) -> GrantConstraints | None: ...
    @property
    def name(self) -> str | None: ...
    @property
    def grantee_principal(self) -> str | None: ...
    @property
    def grantee_service_principal(self) -> str | None: ...
    @property
    def retiring_principal(self) -> str | None: ...
    @property
    def retiring_service_principal(self) -> str | None: ...


def operations_of(key: Key) -> frozenset[str]:
    """The operations that a grant on the key may allow."""
    if key.spec == SYMMETRIC_DEFAULT:
        return _ANY_KEY | _ENCRYPTION | _DATA_KEYS
    return _ANY_KEY | _OF_USAGE[key.usage]


def wanted(given: Asked) -> Wanted:
    return Wanted(frozenset(given.operations), constraints_of(given))


def constraints_of(given: Asked) -> GrantConstraints:
    """Those that are given; an empty encryption context is none."""
    asked = given.constraints or GrantConstraints()
    return GrantConstraints(
        asked.encryption_context_subset or None,
        asked.encryption_context_equals or None,
        asked.source_arn,
    )


def require_sound(caller: Caller, given: Asked) -> None:
    """Raise ValidationFailed or InvalidArn unless a grant on some key can be so."""
    _require_parties(caller, given)
    if not given.operations:
        raise ValidationFailed("Grants must contain at least one operation.")
    if set(given.operations) == {CREATE}:
        raise ValidationFailed("Grants must not contain only the CreateGrant operation.")
    constraints = constraints_of(given)
    if constraints.encryption_context_equals and constraints.encryption_context_subset:
        raise ValidationFailed("More than one constraint supplied")
    pairs = (constraints.context or {}).items()
    if len(pairs) > MOST_PAIRS or sum(len(key) + len(text) for key, text in pairs) > MOST_CONTEXT:
        raise ValidationFailed(
            f"An encryption context constraint has at most {MOST_PAIRS} pairs "
            f"and {MOST_CONTEXT} characters."
        )


def require_fitting(key: Key, given: Asked) -> None:
    """Raise ValidationFailed unless the key can do what the grant is to allow."""
    unfit = sorted(set(given.operations) - operations_of(key))
    if unfit:
        raise ValidationFailed(
            f"Grant operation {unfit[0]} is not supported by {key.arn}, whose KeySpec is "
            f"{key.spec} and whose KeyUsage is {key.usage}."
        )
    if constraints_of(given).context and not specs.SPECS[key.spec].is_symmetric:
        raise ValidationFailed(
            "Encryption context constraints are supported only for symmetric encryption keys."
        )


def create(caller: Caller, key: Key, given: Asked) -> Grant:
    """The grant on the key, whose row is locked: one that was made so by this name, or a new one.

    Raises LimitExceeded.
    """
    columns = _columns(given)
    made = _made_before(key, columns) if given.name else None
    if made is not None:
        return made
    if key.grants.count() >= MOST_GRANTS:
        raise LimitExceeded(f"{key.arn} has {MOST_GRANTS} grants, which is the most.")
    return Grant.objects.create(
        key=key,
        grant_id=secrets.token_hex(GRANT_ID_BYTES),
        created=caller.time,
        issuing_account=caller.account,
        **columns,
    )


def _made_before(key: Key, columns: Mapping[str, Any]) -> Grant | None:
    """A grant with the same name, of which all else is the same too."""
    same = {name: columns[name] for name in ("grantee", "name", "retiring")}
    marked = (marks.NO_MARK, columns["mark"])  # those of older databases have none
    for row in key.grants.filter(mark__in=marked, **same).order_by("pk"):
        if row.constraints == columns["constraints"] and set(row.operations) == set(
            columns["operations"]
        ):
            return row
    return None


def _columns(given: Asked) -> dict[str, Any]:
    return {
        "name": given.name or "",
        "grantee": given.grantee_principal or given.grantee_service_principal or "",
        "retiring": given.retiring_principal or given.retiring_service_principal or "",
        "operations": list(dict.fromkeys(given.operations)),
        "constraints": wire.encode(constraints_of(given)),
        "mark": marks.mark_of(constraints_of(given)),
    }


def _require_parties(caller: Caller, given: Asked) -> None:
    by_service = given.grantee_service_principal is not None
    if (given.grantee_principal is None) is not by_service:
        raise ValidationFailed(
            "You must specify either GranteePrincipal or GranteeServicePrincipal, but not both."
        )
    retiring = (given.retiring_principal, given.retiring_service_principal)
    if None not in retiring:
        raise ValidationFailed(
            "You can specify either RetiringPrincipal or RetiringServicePrincipal, but not both."
        )
    if by_service and (retiring == (None, None) or not constraints_of(given).source_arn):
        raise ValidationFailed(
            "A grant with a GranteeServicePrincipal must have a SourceArn constraint, and a "
            "RetiringPrincipal or a RetiringServicePrincipal."
        )
    grantees.require_principal(caller, given.grantee_principal)
    grantees.require_principal(caller, given.retiring_principal)
