"""ssm:AddTagsToResource."""

from collections.abc import Iterable

from params import conditions, tags
from params.conditions import Conditions
from params.on_tags import TagsOperation
from params.shapes import Nothing, Tag
from service.operation import Call, Check
from service.value import value


@value
class AddTagsToResourceInput:
    resource_type: str
    resource_id: str
    tags: tuple[Tag, ...]


class AddTagsToResource(TagsOperation[AddTagsToResourceInput, Nothing]):
    """Adds tags to a parameter; a tag that it has gets the new value and keeps its place."""

    name = "ssm:AddTagsToResource"
    mutates = True

    def checks(self, call: Call, given: AddTagsToResourceInput) -> Iterable[Check]:
        yield from super().checks(call, given)
        tags.require_sound([tag.key for tag in given.tags])

    def conditions(self, given: AddTagsToResourceInput) -> Conditions:
        return conditions.of_tags(given.tags)

    def run(self, call: Call, given: AddTagsToResourceInput) -> Nothing:
        tags.add(self.locked_row(call, given), given.tags)
        return Nothing()
