"""iam:RemoveUserFromGroup."""

from iam import entities
from iam.errors import NoSuchEntity
from iam.models import User
from iam.on_entities import EntityOperation, OfGroup
from iam.shapes import Nothing
from service.operation import Call
from service.value import value


@value
class RemoveUserFromGroupInput(OfGroup):
    user_name: str


class RemoveUserFromGroup(EntityOperation[RemoveUserFromGroupInput, Nothing]):
    """Takes from a user what is allowed to the group."""

    name = "iam:RemoveUserFromGroup"
    mutates = True

    def run(self, call: Call, given: RemoveUserFromGroupInput) -> Nothing:
        group = given.named(call).found
        user = entities.named(call, User, given.user_name).found
        if not user.groups.filter(pk=group.pk).exists():
            raise NoSuchEntity(f"The user with name {user.name} is not in group {group.name}.")
        user.groups.remove(group)
        return Nothing()
