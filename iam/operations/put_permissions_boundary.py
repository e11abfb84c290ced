"""iam:PutUserPermissionsBoundary and iam:PutRolePermissionsBoundary."""

from typing import Protocol, TypeVar

from iam import conditions, managed
from iam.conditions import Conditions
from iam.on_entities import EntityOperation, OfEntity, OfRole, OfUser
from iam.shapes import Nothing
from service.operation import Call
from service.value import value


class PutBoundaryInput(OfEntity, Protocol):
    @property
    def permissions_boundary(self) -> str: ...


@value
class PutUserPermissionsBoundaryInput(OfUser):
    permissions_boundary: str


@value
class PutRolePermissionsBoundaryInput(OfRole):
    permissions_boundary: str


I = TypeVar("I", bound=PutBoundaryInput)  # noqa: E741 - as in service.operation


class PutPermissionsBoundary(EntityOperation[I, Nothing]):
    """Has a managed policy limit what a user's or role's own policies can allow."""

    mutates = True

    def conditions(self, call: Call, given: I) -> Conditions:
        return conditions.of_boundary(given.permissions_boundary)

    def run(self, call: Call, given: I) -> Nothing:
        row = self.changeable(call, given)
        row.boundary = managed.attachable(call, given.permissions_boundary)
        row.save(update_fields=["boundary"])
        return Nothing()


class PutUserPermissionsBoundary(PutPermissionsBoundary[PutUserPermissionsBoundaryInput]):
    name = "iam:PutUserPermissionsBoundary"


class PutRolePermissionsBoundary(PutPermissionsBoundary[PutRolePermissionsBoundaryInput]):
    name = "iam:PutRolePermissionsBoundary"
