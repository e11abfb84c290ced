"""iam:GetUserPolicy, iam:GetGroupPolicy and iam:GetRolePolicy."""

from iam import inline
from iam.on_entities import EntityOperation, OfGroup, OfRole, OfUser
from service.operation import Call
from service.value import value


@value
class GetUserPolicyInput(OfUser):
    policy_name: str


@value
class GetGroupPolicyInput(OfGroup):
    policy_name: str


@value
class GetRolePolicyInput(OfRole):
    policy_name: str


@value
class GetUserPolicyOutput:
    user_name: str
    policy_name: str
    policy_document: str


@value
class GetGroupPolicyOutput:
    group_name: str
    policy_name: str
    policy_document: str


@value
class GetRolePolicyOutput:
    role_name: str
    policy_name: str
    policy_document: str


class GetUserPolicy(EntityOperation[GetUserPolicyInput, GetUserPolicyOutput]):
    name = "iam:GetUserPolicy"

    def run(self, call: Call, given: GetUserPolicyInput) -> GetUserPolicyOutput:
        policy = inline.find(given.named(call).found, given.policy_name)
        return GetUserPolicyOutput(given.user_name, policy.name, policy.document)


class GetGroupPolicy(EntityOperation[GetGroupPolicyInput, GetGroupPolicyOutput]):
    name = "iam:GetGroupPolicy"

    def run(self, call: Call, given: GetGroupPolicyInput) -> GetGroupPolicyOutput:
        policy = inline.find(given.named(call).found, given.policy_name)
        return GetGroupPolicyOutput(given.group_name, policy.name, policy.document)


class GetRolePolicy(EntityOperation[GetRolePolicyInput, GetRolePolicyOutput]):
    name = "iam:GetRolePolicy"

    def run(self, call: Call, given: GetRolePolicyInput) -> GetRolePolicyOutput:
        policy = inline.find(given.named(call).found, given.policy_name)
        return GetRolePolicyOutput(given.role_name, policy.name, policy.document)
