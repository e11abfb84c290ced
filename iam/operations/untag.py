"""iam:UntagUser, iam:UntagRole and iam:UntagPolicy."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from iam import conditions, managed, tags
from iam.conditions import Conditions
from iam.on_entities import EntityOperation, OfEntity, OfRole, OfUser
from iam.on_policies import PolicyOperation
from iam.shapes import Nothing
from service.operation import Call
from service.value import value


class UntagInput(OfEntity, Protocol):
    @property
    def tag_keys(self) -> Sequence[str]: ...


@value
class UntagUserInput(OfUser):
    tag_keys: tuple[str, ...]


@value
class UntagRoleInput(OfRole):
    tag_keys: tuple[str, ...]


@value
class UntagPolicyInput:
    policy_arn: str
    tag_keys: tuple[str, ...]


I = TypeVar("I", bound=UntagInput)  # noqa: E741 - as in service.operation


class UntagEntity(EntityOperation[I, Nothing]):
    """Takes tags off a user or role; those that it has not are passed over."""

    mutates = True

    def conditions(self, call: Call, given: I) -> Conditions:
        return conditions.of_tag_keys(given.tag_keys)

    def run(self, call: Call, given: I) -> Nothing:
        row = given.named(call).found
        row.tags = tags.removed(row.tags, given.tag_keys)
        row.save(update_fields=["tags"])
        return Nothing()


class UntagUser(UntagEntity[UntagUserInput]):
    name = "iam:UntagUser"


class UntagRole(UntagEntity[UntagRoleInput]):
    name = "iam:UntagRole"


class UntagPolicy(PolicyOperation[UntagPolicyInput, Nothing]):
    """Takes tags off a managed policy of the account."""

    name = "iam:UntagPolicy"
    mutates = True

    def conditions(self, given: UntagPolicyInput) -> Conditions:
        return conditions.of_tag_keys(given.tag_keys)

    def run(self, call: Call, given: UntagPolicyInput) -> Nothing:
        policy = managed.own(call, given.policy_arn)
        policy.tags = tags.removed(policy.tags, given.tag_keys)
        policy.save(update_fields=["tags"])
        return Nothing()
