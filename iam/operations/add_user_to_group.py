"""iam:AddUserToGroup."""

from iam import entities
from iam.errors import LimitExceeded
from iam.models import User
from iam.on_entities import EntityOperation, OfGroup
from iam.shapes import Nothing
from service.operation import Call
from service.value import value

MOST_GROUPS = 10  # of one user


@value
class AddUserToGroupInput(OfGroup):
    user_name: str


class AddUserToGroup(EntityOperation[AddUserToGroupInput, Nothing]):
    """Allows a user what is allowed to the group. AWS asks on the group only."""

    name = "iam:AddUserToGroup"
    mutates = True

    def run(self, call: Call, given: AddUserToGroupInput) -> Nothing:
        group = given.named(call).found
        user = entities.named(call, User, given.user_name).found
        if user.groups.exclude(pk=group.pk).count() >= MOST_GROUPS:
            raise LimitExceeded.of("GroupsPerUser", MOST_GROUPS)
        user.groups.add(group)
        return Nothing()
