"""kms:TagResource."""

from collections.abc import Iterable, Mapping, Sequence

from keys import conditions, tags
from keys.errors import LimitExceeded
from keys.models import Tag as TagRow
from keys.on_keys import OwnKeyOperation
from keys.shapes import Nothing, Tag
from service.operation import Call, Check
from service.value import value


@value
class TagResourceInput:
    key_id: str
    tags: tuple[Tag, ...]


class TagResource(OwnKeyOperation[TagResourceInput, Nothing]):
    """Adds tags to a key; a tag that it has gets the new value and keeps its place."""

    name = "kms:TagResource"
    mutates = True

    def checks(self, call: Call, given: TagResourceInput) -> Iterable[Check]:
        yield from super().checks(call, given)
        tags.require_sound([tag.tag_key for tag in given.tags])

    def conditions(self, given: TagResourceInput) -> Mapping[str, str | Sequence[str]]:
        return conditions.of_tags([(tag.tag_key, tag.tag_value) for tag in given.tags])

    def run(self, call: Call, given: TagResourceInput) -> Nothing:
        key = self.locked_key(call, given)
        TagRow.objects.bulk_create(
            [TagRow(key=key, name=tag.tag_key, value=tag.tag_value) for tag in given.tags],
            update_conflicts=True,
            unique_fields=["key", "name"],
            update_fields=["value"],
        )
        keys = list(key.tags.values_list("name", flat=True))
        if len(keys) > tags.MOST_TAGS:
            raise LimitExceeded("Too many tags")
        tags.require_distinct(keys)
        return Nothing()
