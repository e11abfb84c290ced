"""iam:DeleteUserPermissionsBoundary and iam:DeleteRolePermissionsBoundary."""

from typing import TypeVar

from iam import conditions
from iam.conditions import Conditions
from iam.on_entities import EntityOperation, OfEntity, OfRole, OfUser
from iam.shapes import Nothing
from service.operation import Call

I = TypeVar("I", bound=OfEntity)  # noqa: E741 - as in service.operation


class DeletePermissionsBoundary(EntityOperation[I, Nothing]):
    """Lifts the limit from a user or role; nothing changes where there is none."""

    mutates = True

    def conditions(self, call: Call, given: I) -> Conditions:
        return conditions.of_bounded(given.named(call).row)

    def run(self, call: Call, given: I) -> Nothing:
        row = self.changeable(call, given)
        row.boundary = None
        row.save(update_fields=["boundary"])
        return Nothing()


class DeleteUserPermissionsBoundary(DeletePermissionsBoundary[OfUser]):
    name = "iam:DeleteUserPermissionsBoundary"


class DeleteRolePermissionsBoundary(DeletePermissionsBoundary[OfRole]):
    name = "iam:DeleteRolePermissionsBoundary"
