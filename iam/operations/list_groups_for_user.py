"""iam:ListGroupsForUser."""

from iam import paging, shapes
from iam.on_entities import EntityOperation, OfUser
from service.operation import Call
from service.value import value


@value
class ListGroupsForUserInput(OfUser):
    marker: str | None = None
    max_items: int | None = None


@value
class ListGroupsForUserOutput:
    groups: tuple[shapes.Group, ...]
    is_truncated: bool
    marker: str | None = None


class ListGroupsForUser(EntityOperation[ListGroupsForUserInput, ListGroupsForUserOutput]):
    """The groups that a user is in, by name."""

    name = "iam:ListGroupsForUser"

    def run(self, call: Call, given: ListGroupsForUserInput) -> ListGroupsForUserOutput:
        found = given.named(call).found.groups.all()
        page = paging.page(found, lambda group: group.name, given.marker, given.max_items)
        groups = tuple(map(shapes.group_of, page.items))
        return ListGroupsForUserOutput(groups, page.is_truncated, page.marker)
