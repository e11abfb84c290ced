"""iam:DeleteUserPolicy, iam:DeleteGroupPolicy and iam:DeleteRolePolicy."""

from typing import Protocol, TypeVar

from iam import conditions, inline
from iam.conditions import Conditions
from iam.on_entities import EntityOperation, OfEntity, OfGroup, OfRole, OfUser
from iam.shapes import Nothing
from service.operation import Call
from service.value import value


class DeletePolicyInput(OfEntity, Protocol):
    @property
    def policy_name(self) -> str: ...


@value
class DeleteUserPolicyInput(OfUser):
    policy_name: str


@value
class DeleteGroupPolicyInput(OfGroup):
    policy_name: str


@value
class DeleteRolePolicyInput(OfRole):
    policy_name: str


I = TypeVar("I", bound=DeletePolicyInput)  # noqa: E741 - as in service.operation


class DeleteInlinePolicy(EntityOperation[I, Nothing]):
    mutates = True

    def conditions(self, call: Call, given: I) -> Conditions:
        return conditions.of_bounded(given.named(call).row)

    def run(self, call: Call, given: I) -> Nothing:
        inline.find(self.changeable(call, given), given.policy_name).delete()
        return Nothing()


class DeleteUserPolicy(DeleteInlinePolicy[DeleteUserPolicyInput]):
    name = "iam:DeleteUserPolicy"


class DeleteGroupPolicy(DeleteInlinePolicy[DeleteGroupPolicyInput]):
    name = "iam:DeleteGroupPolicy"


class DeleteRolePolicy(DeleteInlinePolicy[DeleteRolePolicyInput]):
    name = "iam:DeleteRolePolicy"
