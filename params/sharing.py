"""Sharing: policies that let other accounts read a parameter.

They are resource policies as the evaluator knows them (`iam.policy`); all of a parameter's
decide together, as one. Whom they name stands in an index of its own (`models.Share`).

https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-shared-parameters.html
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, NoReturn

from iam.errors import MalformedPolicyDocument
from iam.policy.document import VERSIONS, Policy, PolicyKind, Statement
from iam.principals import accounts_of
from params.errors import (
    ARN,
    MalformedResourcePolicyDocument,
    ResourcePolicyInvalidParameter,
    ResourcePolicyLimitExceeded,
)
from params.models import EVERYONE, Parameter, ResourcePolicy, Share, Tier, Type

MOST_POLICIES = 10  # of a parameter
MOST_BYTES = 1024  # of a policy
DESCRIBE = "ssm:DescribeParameters"
SHARED = (DESCRIBE, "ssm:GetParameter", "ssm:GetParameterHistory", "ssm:GetParameters")
_VARIABLE = "${"
_MANAGED = "alias/aws/"


class _NoRequest:
    """The context of no request: nothing has a value in it."""

    def values(self, key: str) -> None:
        return None


def policy_of(row: Parameter) -> str | None:
    """What all policies of the parameter come to; None if it has none."""
    if row.tier != Tier.ADVANCED:
        return None
    found = list(row.resource_policies.all())
    if len(found) <= 1:
        return found[0].document if found else None
    return json.dumps({"Version": VERSIONS[0], "Statement": _statements(found)})


def hash_of(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()


def require_shareable(row: Parameter) -> None:
    """Raise ResourcePolicyInvalidParameter for a parameter that other accounts cannot read."""
    if row.tier != Tier.ADVANCED:
        raise ResourcePolicyInvalidParameter(
            "A parameter must be in the advanced-parameter tier to be shared.", ARN
        )
    if row.type == Type.SECURE_STRING and _MANAGED in row.key_id:
        raise ResourcePolicyInvalidParameter(
            "A SecureString parameter must be encrypted with a customer managed key to be shared: "
            "AWS managed keys can't be shared.",
            ARN,
        )


def require_sound(row: Parameter, document: str) -> None:
    """Raise unless `document` is a policy that shares the parameter.

    MalformedResourcePolicyDocument, ResourcePolicyLimitExceeded.
    """
    if len(document.encode()) > MOST_BYTES:
        raise ResourcePolicyLimitExceeded(
            f"The policy is longer than {MOST_BYTES} bytes.", MOST_BYTES, "PolicySize"
        )
    for statement in _parsed(document).statements:
        if statement.allows and not any(_names(statement, action) for action in SHARED):
            _malformed(statement, f"allows none of {', '.join(SHARED)}, which can be shared")
        if not _speaks_of(statement, row.arn):
            _malformed(statement, f"has a Resource that is not {row.arn}")
    # together with others it becomes a part of a policy in which these are variables
    given = json.loads(document)
    if given.get("Version") != VERSIONS[0] and _VARIABLE in json.dumps(given):
        raise MalformedResourcePolicyDocument(
            f"The policy has variables; its Version must be {VERSIONS[0]}."
        )


def require_room(row: Parameter) -> None:
    """Raise ResourcePolicyLimitExceeded if the parameter has all the policies it may have."""
    if row.resource_policies.count() >= MOST_POLICIES:
        raise ResourcePolicyLimitExceeded(
            f"The parameter has {MOST_POLICIES} policies, and can have no more.",
            MOST_POLICIES,
            "PolicyCount",
        )


def settle(row: Parameter) -> None:
    """Have the index say whom the policies of the parameter name. Its row is locked."""
    wanted: set[str] = set()
    for document in row.resource_policies.values_list("document", flat=True):
        for statement in _parsed(document).statements:
            if statement.allows and _names(statement, DESCRIBE):
                wanted |= _audience(statement)
    wanted.discard(row.account)
    row.shares.exclude(consumer__in=wanted).delete()
    known = set(row.shares.values_list("consumer", flat=True))
    place = {"account": row.account, "region": row.region, "path_name": row.path_name}
    Share.objects.bulk_create(
        Share(parameter=row, consumer=consumer, **place) for consumer in sorted(wanted - known)
    )


def _parsed(document: str) -> Policy:
    try:
        return Policy.parse(document, PolicyKind.RESOURCE)
    except MalformedPolicyDocument as error:
        raise MalformedResourcePolicyDocument(error.message) from None


def _audience(statement: Statement) -> set[str]:
    named = statement.principals
    if named is None or named.everyone:
        return {EVERYONE}
    return {*named.named_accounts, *accounts_of(named.unique_ids)}


def _names(statement: Statement, action: str) -> bool:
    told = any(each.matches(action.lower(), _NoRequest()) for each in statement.actions)
    return told != statement.other_actions


def _speaks_of(statement: Statement, arn: str) -> bool:
    """Whether the statement may speak of the parameter, whatever stands for its variables."""
    fits = [each.fits(arn, _NoRequest()) for each in statement.resources]
    return statement.other_resources or any(fit is not False for fit in fits)


def _malformed(statement: Statement, text: str) -> NoReturn:
    name = f"Statement {statement.sid or statement.number}"
    raise MalformedResourcePolicyDocument(f"{name} {text}.")


def _statements(policies: Sequence[ResourcePolicy]) -> list[dict[str, Any]]:
    """The statements of all, each with a Sid that none of the others has."""
    found: list[dict[str, Any]] = []
    for policy in policies:
        given = json.loads(policy.document)["Statement"]
        for number, each in enumerate([given] if isinstance(given, dict) else given, 1):
            found.append({**each, "Sid": f"{policy.policy_id} {each.get('Sid') or number}"})
    return found
