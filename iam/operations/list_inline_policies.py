"""iam:ListUserPolicies, iam:ListGroupPolicies and iam:ListRolePolicies."""

from typing import TypeVar

from iam import paging
from iam.on_entities import EntityOperation, OfGroup, OfRole, OfUser, PagedOfEntity
from service.operation import Call
from service.value import value


@value
class ListUserPoliciesInput(OfUser):
    marker: str | None = None
    max_items: int | None = None


@value
class ListGroupPoliciesInput(OfGroup):
    marker: str | None = None
    max_items: int | None = None


@value
class ListRolePoliciesInput(OfRole):
    marker: str | None = None
    max_items: int | None = None


@value
class ListInlinePoliciesOutput:
    policy_names: tuple[str, ...]
    is_truncated: bool
    marker: str | None = None


I = TypeVar("I", bound=PagedOfEntity)  # noqa: E741 - as in service.operation


class ListInlinePolicies(EntityOperation[I, ListInlinePoliciesOutput]):
    """The names of the inline policies of a user, group or role."""

    def run(self, call: Call, given: I) -> ListInlinePoliciesOutput:
        names = given.named(call).found.inline.values_list("name", flat=True)
        page = paging.page(names, str, given.marker, given.max_items)
        return ListInlinePoliciesOutput(page.items, page.is_truncated, page.marker)


class ListUserPolicies(ListInlinePolicies[ListUserPoliciesInput]):
    name = "iam:ListUserPolicies"


class ListGroupPolicies(ListInlinePolicies[ListGroupPoliciesInput]):
    name = "iam:ListGroupPolicies"


class ListRolePolicies(ListInlinePolicies[ListRolePoliciesInput]):
    name = "iam:ListRolePolicies"
