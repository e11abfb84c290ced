"""iam:CreateGroup."""

from collections.abc import Iterable

from iam import entities, shapes
from iam.models import Group
from service.operation import Call, Check, Operation
from service.value import value


@value
class CreateGroupInput:
    group_name: str
    path: str = "/"


@value
class CreateGroupOutput:
    group: shapes.Group


class CreateGroup(Operation[CreateGroupInput, CreateGroupOutput]):
    """Makes a group: what is allowed to it is allowed to its users."""

    name = "iam:CreateGroup"
    mutates = True

    def checks(self, call: Call, given: CreateGroupInput) -> Iterable[Check]:
        yield Check(self.name, entities.to_be(call, Group, given.group_name, given.path))

    def run(self, call: Call, given: CreateGroupInput) -> CreateGroupOutput:
        entities.require_room(call, Group, given.group_name)
        group = Group.objects.create(
            account_id=call.caller.account, name=given.group_name, path=given.path
        )
        return CreateGroupOutput(shapes.group_of(group))
