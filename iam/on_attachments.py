"""What attaching and detaching managed policies have in common."""

from typing import Protocol, TypeVar

from iam import conditions
from iam.conditions import Conditions
from iam.on_entities import EntityOperation, OfEntity, OfGroup, OfRole, OfUser
from iam.shapes import Nothing
from service.operation import Call
from service.value import value


class EntityAndPolicy(OfEntity, Protocol):
    """An input that names a user, group or role, and a managed policy."""

    @property
    def policy_arn(self) -> str: ...


@value
class UserAndPolicy(OfUser):
    policy_arn: str


@value
class GroupAndPolicy(OfGroup):
    policy_arn: str


@value
class RoleAndPolicy(OfRole):
    policy_arn: str


I = TypeVar("I", bound=EntityAndPolicy)  # noqa: E741 - as in service.operation


class AttachmentOperation(EntityOperation[I, Nothing]):
    mutates = True

    def conditions(self, call: Call, given: I) -> Conditions:
        bounded = conditions.of_bounded(given.named(call).row)
        return conditions.of_policy(given.policy_arn) | bounded
