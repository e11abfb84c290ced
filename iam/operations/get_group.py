"""iam:GetGroup."""

from iam import paging, shapes
from iam.on_entities import EntityOperation, OfGroup
from service.operation import Call
from service.value import value


@value
class GetGroupInput(OfGroup):
    marker: str | None = None
    max_items: int | None = None


@value
class GetGroupOutput:
    group: shapes.Group
    users: tuple[shapes.User, ...]
    is_truncated: bool
    marker: str | None = None


class GetGroup(EntityOperation[GetGroupInput, GetGroupOutput]):
    """Tells of a group, and who is in it, by name."""

    name = "iam:GetGroup"

    def run(self, call: Call, given: GetGroupInput) -> GetGroupOutput:
        group = given.named(call).found
        page = paging.page(group.users.all(), lambda user: user.name, given.marker, given.max_items)
        users = tuple(map(shapes.listed_user, page.items))
        return GetGroupOutput(shapes.group_of(group), users, page.is_truncated, page.marker)
