"""iam:DeleteGroup."""

from iam import entities
from iam.on_entities import EntityOperation, OfGroup
from iam.shapes import Nothing
from service.operation import Call


class DeleteGroup(EntityOperation[OfGroup, Nothing]):
    """Deletes a group that has nothing any more: no policies and no members."""

    name = "iam:DeleteGroup"
    mutates = True

    def run(self, call: Call, given: OfGroup) -> Nothing:
        group = given.named(call).found
        entities.require_bare(group)
        group.delete()
        return Nothing()
