"""iam:AttachUserPolicy, iam:AttachGroupPolicy and iam:AttachRolePolicy."""

from iam import managed
from iam.errors import LimitExceeded
from iam.on_attachments import AttachmentOperation, GroupAndPolicy, RoleAndPolicy, UserAndPolicy
from iam.on_attachments import I as Input
from iam.shapes import Nothing
from service.operation import Call

MOST_ATTACHED = 10  # to one user, group or role


class AttachPolicy(AttachmentOperation[Input]):
    """Has a managed policy count for a user, group or role. Again, it changes nothing."""

    def run(self, call: Call, given: Input) -> Nothing:
        owner = self.changeable(call, given)
        policy = managed.attachable(call, given.policy_arn)
        others = owner.policies.exclude(pk=policy.pk)
        if others.count() >= MOST_ATTACHED:
            kind = type(owner).__name__
            raise LimitExceeded.of(f"PoliciesPer{kind}", MOST_ATTACHED)
        owner.policies.add(policy)
        return Nothing()


class AttachUserPolicy(AttachPolicy[UserAndPolicy]):
    name = "iam:AttachUserPolicy"


class AttachGroupPolicy(AttachPolicy[GroupAndPolicy]):
    name = "iam:AttachGroupPolicy"


class AttachRolePolicy(AttachPolicy[RoleAndPolicy]):
    name = "iam:AttachRolePolicy"
