"""iam:DeleteUser."""

from iam import entities
from iam.on_entities import EntityOperation, OfUser
from iam.shapes import Nothing
from service.operation import Call


class DeleteUser(EntityOperation[OfUser, Nothing]):
    """Deletes a user that has nothing any more: no policies, keys or memberships."""

    name = "iam:DeleteUser"
    mutates = True

    def run(self, call: Call, given: OfUser) -> Nothing:
        user = given.named(call).found
        entities.require_bare(user)
        user.delete()
        return Nothing()
