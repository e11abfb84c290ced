"""iam:UpdateRole."""

from iam.on_entities import EntityOperation, OfRole
from iam.shapes import Nothing
from service.operation import Call
from service.value import value


@value
class UpdateRoleInput(OfRole):
    description: str | None = None
    max_session_duration: int | None = None


class UpdateRole(EntityOperation[UpdateRoleInput, Nothing]):
    """Changes what a role says of itself, and how long its sessions may last."""

    name = "iam:UpdateRole"
    mutates = True

    def run(self, call: Call, given: UpdateRoleInput) -> Nothing:
        role = self.changeable(call, given)
        if given.description is not None:
            role.description = given.description
        role.max_session_duration = given.max_session_duration or role.max_session_duration
        role.save(update_fields=["description", "max_session_duration"])
        return Nothing()
