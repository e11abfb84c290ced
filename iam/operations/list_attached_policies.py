"""iam:ListAttachedUserPolicies, iam:ListAttachedGroupPolicies, iam:ListAttachedRolePolicies."""

from typing import Protocol, TypeVar

from iam import managed, paging
from iam.on_entities import EntityOperation, OfGroup, OfRole, OfUser, PagedOfEntity
from service.operation import Call
from service.value import value


class ListAttachedInput(PagedOfEntity, Protocol):
    @property
    def path_prefix(self) -> str: ...


@value
class ListAttachedUserPoliciesInput(OfUser):
    path_prefix: str = "/"
    marker: str | None = None
    max_items: int | None = None


@value
class ListAttachedGroupPoliciesInput(OfGroup):
    path_prefix: str = "/"
    marker: str | None = None
    max_items: int | None = None


@value
class ListAttachedRolePoliciesInput(OfRole):
    path_prefix: str = "/"
    marker: str | None = None
    max_items: int | None = None


@value
class AttachedPolicy:
    policy_name: str
    policy_arn: str


@value
class ListAttachedPoliciesOutput:
    attached_policies: tuple[AttachedPolicy, ...]
    is_truncated: bool
    marker: str | None = None


I = TypeVar("I", bound=ListAttachedInput)  # noqa: E741 - as in service.operation


class ListAttachedPolicies(EntityOperation[I, ListAttachedPoliciesOutput]):
    """The managed policies that are attached to a user, group or role itself."""

    def run(self, call: Call, given: I) -> ListAttachedPoliciesOutput:
        attached = given.named(call).found.policies.filter(path__startswith=given.path_prefix)
        page = paging.page(attached, managed.place, given.marker, given.max_items)
        policies = tuple(AttachedPolicy(policy.name, policy.arn) for policy in page.items)
        return ListAttachedPoliciesOutput(policies, page.is_truncated, page.marker)


class ListAttachedUserPolicies(ListAttachedPolicies[ListAttachedUserPoliciesInput]):
    name = "iam:ListAttachedUserPolicies"


class ListAttachedGroupPolicies(ListAttachedPolicies[ListAttachedGroupPoliciesInput]):
    name = "iam:ListAttachedGroupPolicies"


class ListAttachedRolePolicies(ListAttachedPolicies[ListAttachedRolePoliciesInput]):
    name = "iam:ListAttachedRolePolicies"
