"""ssm:ListTagsForResource."""

from params.on_tags import TagsOperation
from params.shapes import Tag
from service.operation import Call
from service.value import value


@value
class ListTagsForResourceInput:
    resource_type: str
    resource_id: str


@value
class ListTagsForResourceOutput:
    tag_list: tuple[Tag, ...]


class ListTagsForResource(TagsOperation[ListTagsForResourceInput, ListTagsForResourceOutput]):
    """Lists a parameter's tags, in the order in which they were added."""

    name = "ssm:ListTagsForResource"

    def run(self, call: Call, given: ListTagsForResourceInput) -> ListTagsForResourceOutput:
        rows = self.row(call, given).tags.values_list("name", "value")
        return ListTagsForResourceOutput(tuple(Tag(name, told) for name, told in rows))
