"""kms:UntagResource."""

from collections.abc import Iterable, Mapping, Sequence

from keys import tags
from keys.on_keys import OwnKeyOperation
from keys.shapes import Nothing
from service.operation import Call, Check
from service.value import value


@value
class UntagResourceInput:
    key_id: str
    tag_keys: tuple[str, ...]


class UntagResource(OwnKeyOperation[UntagResourceInput, Nothing]):
    """Takes tags off a key; those it has not are passed over."""

    name = "kms:UntagResource"
    mutates = True

    def checks(self, call: Call, given: UntagResourceInput) -> Iterable[Check]:
        yield from super().checks(call, given)
        tags.require_sound(given.tag_keys)

    def conditions(self, given: UntagResourceInput) -> Mapping[str, str | Sequence[str]]:
        return {"aws:TagKeys": list(given.tag_keys)} if given.tag_keys else {}

    def run(self, call: Call, given: UntagResourceInput) -> Nothing:
        self.locked_key(call, given).tags.filter(name__in=given.tag_keys).delete()
        return Nothing()
