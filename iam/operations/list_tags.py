"""iam:ListUserTags, iam:ListRoleTags and iam:ListPolicyTags."""

from collections.abc import Mapping
from typing import TypeVar

from iam import managed, paging
from iam.on_entities import EntityOperation, OfRole, OfUser, PagedOfEntity
from iam.on_policies import PolicyOperation
from iam.shapes import Tag
from service.operation import Call
from service.value import value


@value
class ListUserTagsInput(OfUser):
    marker: str | None = None
    max_items: int | None = None


@value
class ListRoleTagsInput(OfRole):
    marker: str | None = None
    max_items: int | None = None


@value
class ListPolicyTagsInput:
    policy_arn: str
    marker: str | None = None
    max_items: int | None = None


@value
class ListTagsOutput:
    tags: tuple[Tag, ...]
    is_truncated: bool
    marker: str | None = None


I = TypeVar("I", bound=PagedOfEntity)  # noqa: E741 - as in service.operation


class ListEntityTags(EntityOperation[I, ListTagsOutput]):
    """The tags of a user or role, by key."""

    def run(self, call: Call, given: I) -> ListTagsOutput:
        return _page(given.named(call).found.tags, given.marker, given.max_items)


class ListUserTags(ListEntityTags[ListUserTagsInput]):
    name = "iam:ListUserTags"


class ListRoleTags(ListEntityTags[ListRoleTagsInput]):
    name = "iam:ListRoleTags"


class ListPolicyTags(PolicyOperation[ListPolicyTagsInput, ListTagsOutput]):
    """The tags of a managed policy, by key."""

    name = "iam:ListPolicyTags"

    def run(self, call: Call, given: ListPolicyTagsInput) -> ListTagsOutput:
        policy = managed.named(call, given.policy_arn).found
        return _page(policy.tags, given.marker, given.max_items)


def _page(tags: Mapping[str, str], marker: str | None, most: int | None) -> ListTagsOutput:
    page = paging.page(tags, str, marker, most)
    told = tuple(Tag(key, tags[key]) for key in page.items)
    return ListTagsOutput(told, page.is_truncated, page.marker)
