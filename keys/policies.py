"""Key policies: AWS's default one, and what a new one must fulfil."""

import json
from dataclasses import replace

from iam.authorize import decision_for
from iam.errors import MalformedPolicyDocument
from iam.policy.document import Policy, PolicyKind
from keys import conditions
from keys.errors import LimitExceeded, NotFound
from service.caller import Caller
from service.operation import Check
from service.resource import Resource

POLICY_NAME = "default"
MOST_BYTES = 32_768


def default(account: str, partition: str) -> str:
    """The policy of a key that is made without one: the account's own policies decide."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Id": "key-default-1",
            "Statement": [
                {
                    "Sid": "Enable IAM User Permissions",
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
                    "Action": "kms:*",
                    "Resource": "*",
                }
            ],
        },
        indent=2,
    )


def require_default_name(name: str | None) -> None:
    """Raise NotFound unless `name` is that of the one policy a key has."""
    if name not in (None, POLICY_NAME):
        raise NotFound("No such policy exists")


def require_sound(caller: Caller, resource: Resource, policy: str, *, bypass: bool) -> None:
    """Raise unless `policy` can be the key policy of `resource`, as the caller gives it.

    LimitExceeded, MalformedPolicyDocument: also where, unless `bypass`, the caller could not
    change the policy again.
    """
    if len(policy.encode()) > MOST_BYTES:
        raise LimitExceeded(f"The key policy is longer than {MOST_BYTES} bytes.")
    parsed = Policy.parse(policy, PolicyKind.RESOURCE)
    if bypass:
        return
    if not _lets_change_again(caller, replace(resource, policy_must_allow=True), parsed):
        raise MalformedPolicyDocument(
            "The new key policy will not allow you to update the key policy in the future."
        )


def _lets_change_again(caller: Caller, resource: Resource, policy: Policy) -> bool:
    """Whether the caller could change `policy` once more, in a request like this one."""
    request = conditions.of_caller(caller)
    request["kms:BypassPolicyLockoutSafetyCheck"] = conditions.truth(False)
    return decision_for(caller, Check("kms:PutKeyPolicy", resource, request), policy).allowed
