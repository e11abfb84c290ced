"""ssm:RemoveTagsFromResource."""

from params import conditions
from params.conditions import Conditions
from params.on_tags import TagsOperation
from params.shapes import Nothing
from service.operation import Call
from service.value import value


@value
class RemoveTagsFromResourceInput:
    resource_type: str
    resource_id: str
    tag_keys: tuple[str, ...]


class RemoveTagsFromResource(TagsOperation[RemoveTagsFromResourceInput, Nothing]):
    """Takes tags off a parameter; those it has not are passed over."""

    name = "ssm:RemoveTagsFromResource"
    mutates = True

    def conditions(self, given: RemoveTagsFromResourceInput) -> Conditions:
        return conditions.of_tag_keys(given.tag_keys)

    def run(self, call: Call, given: RemoveTagsFromResourceInput) -> Nothing:
        self.locked_row(call, given).tags.filter(name__in=given.tag_keys).delete()
        return Nothing()
