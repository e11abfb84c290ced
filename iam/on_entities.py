"""What operations on one user, group or role have in common."""

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from iam import entities
from iam.conditions import Conditions
from iam.entities import Named
from iam.models import Group, Role, User
from service.operation import Call, Check, Operation
from service.value import value


class OfEntity(Protocol):
    """An input that names a user, group or role."""

    def named(self, call: Call) -> Named[Any]: ...


@value
class OfUser:
    user_name: str

    def named(self, call: Call) -> Named[User]:
        return entities.named(call, User, self.user_name)


@value
class OfGroup:
    group_name: str

    def named(self, call: Call) -> Named[Group]:
        return entities.named(call, Group, self.group_name)


@value
class OfRole:
    role_name: str

    def named(self, call: Call) -> Named[Role]:
        return entities.named(call, Role, self.role_name)


I = TypeVar("I", bound=OfEntity)  # noqa: E741 - as in service.operation
O = TypeVar("O")  # noqa: E741


class EntityOperation(Operation[I, O]):
    """Asks for itself on what its input names."""

    def checks(self, call: Call, given: I) -> Iterable[Check]:
        yield Check(self.name, given.named(call).resource, self.conditions(call, given))

    def conditions(self, call: Call, given: I) -> Conditions:
        """The condition keys that a request of this operation answers beyond the usual."""
        return {}

    def changeable(self, call: Call, given: I) -> Any:
        """The row of what the input names. Raises UnmodifiableEntity if a service has it."""
        row = given.named(call).found
        entities.require_ours(row)
        return row


class PagedOfEntity(OfEntity, Protocol):
    """An input that asks for a page of what a user, group or role has."""

    @property
    def marker(self) -> str | None: ...
    @property
    def max_items(self) -> int | None: ...
