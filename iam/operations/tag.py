"""iam:TagUser, iam:TagRole and iam:TagPolicy."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from iam import conditions, managed, tags
from iam.conditions import Conditions
from iam.on_entities import EntityOperation, OfEntity, OfRole, OfUser
from iam.on_policies import PolicyOperation
from iam.shapes import Nothing, Tag
from service.operation import Call
from service.value import value


class TagInput(OfEntity, Protocol):
    @property
    def tags(self) -> Sequence[Tag]: ...


@value
class TagUserInput(OfUser):
    tags: tuple[Tag, ...]


@value
class TagRoleInput(OfRole):
    tags: tuple[Tag, ...]


@value
class TagPolicyInput:
    policy_arn: str
    tags: tuple[Tag, ...]


I = TypeVar("I", bound=TagInput)  # noqa: E741 - as in service.operation


class TagEntity(EntityOperation[I, Nothing]):
    """Adds tags to a user or role, or changes their values."""

    mutates = True

    def conditions(self, call: Call, given: I) -> Conditions:
        return conditions.of_tags(given.tags)

    def run(self, call: Call, given: I) -> Nothing:
        row = given.named(call).found
        row.tags = tags.added(row.tags, given.tags)
        row.save(update_fields=["tags"])
        return Nothing()


class TagUser(TagEntity[TagUserInput]):
    name = "iam:TagUser"


class TagRole(TagEntity[TagRoleInput]):
    name = "iam:TagRole"


class TagPolicy(PolicyOperation[TagPolicyInput, Nothing]):
    """Adds tags to a managed policy of the account, or changes their values."""

    name = "iam:TagPolicy"
    mutates = True

    def conditions(self, given: TagPolicyInput) -> Conditions:
        return conditions.of_tags(given.tags)

    def run(self, call: Call, given: TagPolicyInput) -> Nothing:
        policy = managed.own(call, given.policy_arn)
        policy.tags = tags.added(policy.tags, given.tags)
        policy.save(update_fields=["tags"])
        return Nothing()
