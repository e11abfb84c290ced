"""What limits a session: its policies, and how much of policies and tags it may have."""

import json

from iam import managed, session_tokens
from iam.errors import InvalidInput, PackedPolicyTooLarge
from iam.models import Role
from iam.policy.document import Policy, PolicyKind
from iam.principals import AttachedPolicy
from service import constraints
from service.caller import Principal, PrincipalKind, Session
from service.errors import ValidationFailed

MOST_LETTERS = 2048  # of a session's policies and ARNs of policies
MOST_ARNS = 10

NOTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}
)
# as on AWS, where no second factor was shown; to pass a role on is no call to IAM
WITHOUT_IAM = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
            {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"},
        ],
    }
)


def policies_of(principal: Principal, session: Session) -> tuple[AttachedPolicy, ...]:
    """The policies that limit the principal's `session`; none where nothing does."""
    if principal.kind is not PrincipalKind.ASSUMED_ROLE:
        return (AttachedPolicy("session of a user", WITHOUT_IAM),)
    inline = (AttachedPolicy("session policy", session.policy),) if session.policy else ()
    return inline + tuple(map(_as_it_is_now, session.policy_arns))


def require_sound(role: Role, session: Session) -> None:
    """Raise ValidationFailed or MalformedPolicyDocument unless a session of `role` may have them.

    That is, its policies.
    """
    arns = session.policy_arns
    if len(arns) > MOST_ARNS:
        _too_long("policyArns", MOST_ARNS)
    if len(session.policy) + sum(map(len, arns)) > MOST_LETTERS:
        _too_long("policy", MOST_LETTERS)
    if session.policy:
        Policy.parse(session.policy, PolicyKind.SESSION)
    for arn in arns:
        _require_there(role, arn)


def packed_percent(session: Session) -> int | None:
    """How much of what a token holds its policies and tags take; None if it has neither.

    Raises PackedPolicyTooLarge, worded as AWS's, if they take more than all of it.
    """
    if not (session.policy or session.policy_arns or session.tags):
        return None
    percent = -(-len(session_tokens.packed(session)) * 100 // session_tokens.MOST_PACKED)
    if percent <= 100:
        return percent
    if session.tags:
        raise PackedPolicyTooLarge(
            f"Packed size of session tags consumes {percent}% of allotted space."
        )
    raise PackedPolicyTooLarge(
        f"Packed policy consumes {percent}% of allotted space, please use smaller policy."
    )


def _as_it_is_now(arn: str) -> AttachedPolicy:
    """A session that is limited by a policy that is gone may do nothing."""
    row = managed.at(arn)
    return AttachedPolicy(arn, NOTHING if row is None else row.document)


def _require_there(role: Role, arn: str) -> None:
    """AWS wants a policy of the role's account, or one of its own."""
    try:
        row = managed.at(arn)
    except InvalidInput:
        row = None
    if row is None or row.account_id not in (None, role.account_id):
        raise ValidationFailed(f"Policy {arn} does not exist or is not attachable.")


def _too_long(path: str, most: int) -> None:
    constraint = f"Member must have length less than or equal to {most}"
    failure = f"Value at '{path}' failed to satisfy constraint: {constraint}"
    raise ValidationFailed(constraints.message([failure]))
