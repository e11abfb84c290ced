"""Policy documents as they are given: sound, and no larger than AWS lets them be."""

from iam.errors import LimitExceeded
from iam.models import Group, InlinePolicy, Role, User
from iam.policy.document import Policy, PolicyKind

MOST_OF_MANAGED = 6144  # letters, white space not counted, as in all of these
MOST_OF_TRUST = 2048
MOST_INLINE = {"user": 2048, "group": 5120, "role": 10240}  # of all inline policies together


def require_managed(document: str) -> None:
    """Raise MalformedPolicyDocument or LimitExceeded unless it can be a managed policy."""
    Policy.parse(document, PolicyKind.IDENTITY)
    _require_short(document, "PolicySize", MOST_OF_MANAGED)


def require_trust(document: str) -> None:
    """Raise MalformedPolicyDocument or LimitExceeded unless it can say who takes a role."""
    Policy.parse(document, PolicyKind.TRUST)
    _require_short(document, "ACLSizePerRole", MOST_OF_TRUST)


def require_inline(owner: User | Group | Role, name: str, document: str) -> None:
    """The same for an inline policy `name` of `owner`."""
    Policy.parse(document, PolicyKind.IDENTITY)
    kind = owner.arn_type
    others = InlinePolicy.objects.filter(**{kind: owner}).exclude(name=name)
    taken = sum(map(size, others.values_list("document", flat=True)))
    if taken + size(document) > MOST_INLINE[kind]:
        raise LimitExceeded(
            f"Maximum policy size of {MOST_INLINE[kind]} bytes exceeded for {kind} {owner.name}"
        )


def size(document: str) -> int:
    """Letters that count: all but white space."""
    return sum(not letter.isspace() for letter in document)


def _require_short(document: str, quota: str, most: int) -> None:
    if size(document) > most:
        raise LimitExceeded.of(quota, most)
