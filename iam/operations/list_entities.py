"""iam:ListUsers, iam:ListGroups and iam:ListRoles."""

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from iam import entities, paging, shapes
from iam.models import Group, Role, User
from iam.paging import Page
from service.operation import Call, Check, Operation
from service.value import value

I = TypeVar("I", bound="ListEntitiesInput")  # noqa: E741 - as in service.operation
O = TypeVar("O")  # noqa: E741


@value
class ListEntitiesInput:
    path_prefix: str = "/"
    marker: str | None = None
    max_items: int | None = None


@value
class ListUsersOutput:
    users: tuple[shapes.User, ...]
    is_truncated: bool
    marker: str | None = None


@value
class ListGroupsOutput:
    groups: tuple[shapes.Group, ...]
    is_truncated: bool
    marker: str | None = None


@value
class ListRolesOutput:
    roles: tuple[shapes.Role, ...]
    is_truncated: bool
    marker: str | None = None


class ListEntities(Operation[I, O]):
    """By name, those below a path."""

    model: ClassVar[type[Any]]

    def checks(self, call: Call, given: I) -> Iterable[Check]:
        yield Check(self.name, entities.below(call, self.model, given.path_prefix))

    def page(self, call: Call, given: I) -> Page[Any]:
        rows = self.model.objects.filter(
            account_id=call.caller.account, path__startswith=given.path_prefix
        )
        return paging.page(rows, lambda row: row.name, given.marker, given.max_items)


class ListUsers(ListEntities[ListEntitiesInput, ListUsersOutput]):
    name = "iam:ListUsers"
    model = User

    def run(self, call: Call, given: ListEntitiesInput) -> ListUsersOutput:
        page = self.page(call, given)
        users = tuple(map(shapes.listed_user, page.items))
        return ListUsersOutput(users, page.is_truncated, page.marker)


class ListGroups(ListEntities[ListEntitiesInput, ListGroupsOutput]):
    name = "iam:ListGroups"
    model = Group

    def run(self, call: Call, given: ListEntitiesInput) -> ListGroupsOutput:
        page = self.page(call, given)
        groups = tuple(map(shapes.group_of, page.items))
        return ListGroupsOutput(groups, page.is_truncated, page.marker)


class ListRoles(ListEntities[ListEntitiesInput, ListRolesOutput]):
    name = "iam:ListRoles"
    model = Role

    def run(self, call: Call, given: ListEntitiesInput) -> ListRolesOutput:
        page = self.page(call, given)
        roles = tuple(shapes.role_of(row, listed=True) for row in page.items)
        return ListRolesOutput(roles, page.is_truncated, page.marker)
