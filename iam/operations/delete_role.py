"""iam:DeleteRole."""

from iam import entities
from iam.on_entities import EntityOperation, OfRole
from iam.shapes import Nothing
from service.operation import Call


class DeleteRole(EntityOperation[OfRole, Nothing]):
    """Deletes a role that has nothing any more: no policies."""

    name = "iam:DeleteRole"
    mutates = True

    def run(self, call: Call, given: OfRole) -> Nothing:
        role = self.changeable(call, given)
        entities.require_bare(role)
        role.delete()
        return Nothing()
