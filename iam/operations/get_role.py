"""iam:GetRole."""

from iam import shapes
from iam.on_entities import EntityOperation, OfRole
from service.operation import Call
from service.value import value


@value
class GetRoleOutput:
    role: shapes.Role


class GetRole(EntityOperation[OfRole, GetRoleOutput]):
    """Tells of a role, with its trust policy."""

    name = "iam:GetRole"

    def run(self, call: Call, given: OfRole) -> GetRoleOutput:
        return GetRoleOutput(shapes.role_of(given.named(call).found))
