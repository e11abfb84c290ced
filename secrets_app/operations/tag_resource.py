"""secretsmanager:TagResource."""

from collections.abc import Iterable

from secrets_app import conditions, lookup, on_tags, tags
from secrets_app.conditions import Conditions
from secrets_app.models import Secret
from secrets_app.on_secrets import SecretChange
from secrets_app.shapes import Nothing, Tag
from service.operation import Call, Check
from service.value import value


@value
class TagResourceInput:
    secret_id: str
    tags: tuple[Tag, ...]


class TagResource(SecretChange[TagResourceInput, Nothing]):
    """Tags a secret; a tag that it has gets the new value."""

    name = "secretsmanager:TagResource"

    def checks(self, call: Call, given: TagResourceInput) -> Iterable[Check]:
        tags.require_sound([tag.key for tag in given.tags])
        yield from super().checks(call, given)

    def conditions(self, given: TagResourceInput) -> Conditions:
        return conditions.of_tags(given.tags)

    def change(self, call: Call, given: TagResourceInput, row: Secret) -> Nothing:
        wanted = tags.added(lookup.read_tags(row), given.tags)
        check = next(iter(super().checks(call, given)))
        on_tags.write(call.caller, check, row, wanted)
        return Nothing()
