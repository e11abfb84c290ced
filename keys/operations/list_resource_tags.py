"""kms:ListResourceTags."""

from keys import paging
from keys.errors import InvalidMarker
from keys.on_keys import OwnKeyOperation
from keys.shapes import Tag
from service.operation import Call
from service.value import value

LIST, MOST = "tags", 50
MOST_DIGITS = 19  # of what a database counts rows with


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
        place = _place(given.marker)
        length = paging.size(given.limit, MOST, MOST)
        rows = self.key(call, given).row.tags.filter(id__gt=place)
        found = list(rows.values_list("id", "name", "value")[: length + 1])
        page = paging.page(LIST, found, length, lambda tag: str(tag[0]))
        tags = tuple(Tag(name, value) for _, name, value in page.items)
        return ListResourceTagsOutput(tags, page.truncated, page.next_marker)


def _place(marker: str | None) -> int:
    place = paging.after(LIST, marker)
    if not place:
        return 0
    if not (place.isascii() and place.isdigit() and len(place) < MOST_DIGITS):
        raise InvalidMarker
    return int(place)
