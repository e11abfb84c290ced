"""kms:ListResourceTags."""

from keys import paging
from keys.on_keys import OwnKeyOperation
from keys.shapes import Tag
from service.operation import Call
from service.value import value

LIST, MOST = "tags", 50


@value
class ListResourceTagsInput:
    key_id: str
    limit: int | None = None
    marker: str | None = None


@value
class ListResourceTagsOutput:
    tags: tuple[Tag, ...]
    truncated: bool
    next_marker: str | None = None


class ListResourceTags(OwnKeyOperation[ListResourceTagsInput, ListResourceTagsOutput]):
    """Lists a key's tags, in the order in which they were added."""

    name = "kms:ListResourceTags"

    def run(self, call: Call, given: ListResourceTagsInput) -> ListResourceTagsOutput:
        place = paging.row_after(LIST, given.marker)
        length = paging.size(given.limit, MOST, MOST)
        rows = self.key(call, given).row.tags.filter(id__gt=place)
        found = list(rows.values_list("id", "name", "value")[: length + 1])
        page = paging.page(LIST, found, length, lambda tag: str(tag[0]))
        tags = tuple(Tag(name, value) for _, name, value in page.items)
        return ListResourceTagsOutput(tags, page.truncated, page.next_marker)
