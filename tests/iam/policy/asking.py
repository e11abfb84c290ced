"""Questions and policies for tests of the evaluator."""

import json
from collections.abc import Mapping, Sequence

from iam.decision import ApplicablePolicies, NamedPolicy, Question, decide
from iam.policy.document import Policy, PolicyKind
from service.caller import Principal, PrincipalKind

ACCOUNT, OTHER = "111122223333", "444455556666"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/monday"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234"
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}

alice = Principal(PrincipalKind.USER, ACCOUNT, ALICE, "AIDAALICE0000000000XX", "alice")
bob = Principal(
    PrincipalKind.USER, ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/bob", "AIDABOB000000000000XX", "bob"
)
root = Principal(PrincipalKind.ROOT, ACCOUNT, ROOT, ACCOUNT)
session = Principal(
    PrincipalKind.ASSUMED_ROLE, ACCOUNT, SESSION, "AROAAPP0000000000000X:monday", role_arn=ROLE
)
foreigner = Principal(
    PrincipalKind.USER, OTHER, f"arn:aws:iam::{OTHER}:user/eve", "AIDAEVE000000000000XX", "eve"
)


class Keys:
    """A request's condition keys."""

    def __init__(self, given: Mapping[str, str | Sequence[str]] | None = None) -> None:
        self._given = {
            name.lower(): (value,) if isinstance(value, str) else tuple(value)
            for name, value in (given or {}).items()
        }

    def values(self, key: str) -> Sequence[str] | None:
        return self._given.get(key)


def policy(*statements, kind=PolicyKind.IDENTITY, version="2012-10-17"):
    document = {"Version": version, "Statement": list(statements)}
    return Policy.parse(json.dumps(document), kind)


def named(*statements, kind=PolicyKind.IDENTITY, name="policy", **given):
    return NamedPolicy(name, policy(*statements, kind=kind, **given))


def key_policy(*statements, **given):
    return named(*statements, kind=PolicyKind.RESOURCE, name=KEY, **given)


def allow(action="*", resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action="*", resource="*", **more):
    return {**allow(action, resource, **more), "Effect": "Deny"}


def question(principal=alice, action="kms:Encrypt", resource=KEY, keys=None, owner=ACCOUNT):
    return Question(principal, action, resource, owner, Keys(keys))


def decided(asked, *identity, **policies):
    """The decision where the identity's one policy has the statements given."""
    own = [named(*identity)] if identity else []
    return decide(asked, ApplicablePolicies(identity=own, **policies))


def allows(statement, *, version="2012-10-17", **asked):
    """Whether one statement of an identity policy allows the request."""
    given = [named(statement, version=version)]
    return decide(question(**asked), ApplicablePolicies(identity=given)).allowed
