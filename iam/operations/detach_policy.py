"""iam:DetachUserPolicy, iam:DetachGroupPolicy and iam:DetachRolePolicy."""

from iam import managed
from iam.errors import NoSuchEntity
from iam.on_attachments import AttachmentOperation, GroupAndPolicy, RoleAndPolicy, UserAndPolicy
from iam.on_attachments import I as Input
from iam.shapes import Nothing
from service.operation import Call


class DetachPolicy(AttachmentOperation[Input]):
    """Has a managed policy no longer count for a user, group or role."""

    def run(self, call: Call, given: Input) -> Nothing:
        owner = self.changeable(call, given)
        policy = managed.named(call, given.policy_arn).row
        if policy is None or not owner.policies.filter(pk=policy.pk).exists():
            raise NoSuchEntity(f"Policy {given.policy_arn} was not found.")
        owner.policies.remove(policy)
        return Nothing()


class DetachUserPolicy(DetachPolicy[UserAndPolicy]):
    name = "iam:DetachUserPolicy"


class DetachGroupPolicy(DetachPolicy[GroupAndPolicy]):
    name = "iam:DetachGroupPolicy"


class DetachRolePolicy(DetachPolicy[RoleAndPolicy]):
    name = "iam:DetachRolePolicy"
