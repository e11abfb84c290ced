"""kms:ListKeys."""

from collections.abc import Iterable

from keys import conditions, lookup, paging
from keys.models import Key
from service.operation import Call, Check, Operation
from service.value import value

LIST, DEFAULT, MOST = "keys", 100, 1000
SELF = "SELF"


@value
class ListKeysInput:
    limit: int | None = None
    marker: str | None = None
    resource_owners: tuple[str, ...] = (SELF,)


@value
class KeyListEntry:
    key_id: str
    key_arn: str


@value
class ListKeysOutput:
    keys: tuple[KeyListEntry, ...]
    truncated: bool
    next_marker: str | None = None


class ListKeys(Operation[ListKeysInput, ListKeysOutput]):
    """Lists the account's keys in the region. Nothing is shared through RAM here."""

    name = "kms:ListKeys"

    def checks(self, call: Call, given: ListKeysInput) -> Iterable[Check]:
        yield Check(self.name, conditions=conditions.of_caller(call.caller))

    def run(self, call: Call, given: ListKeysInput) -> ListKeysOutput:
        caller = call.caller
        length = paging.size(given.limit, DEFAULT, MOST)
        rows = Key.objects.filter(
            lookup.is_there(caller.time),
            account=caller.account,
            region=caller.region,
            key_id__gt=paging.after(LIST, given.marker),
        )
        wanted = rows.order_by("key_id")[: length + 1] if SELF in given.resource_owners else ()
        page = paging.page(LIST, list(wanted), length, lambda key: key.key_id)
        entries = tuple(KeyListEntry(key.key_id, key.arn) for key in page.items)
        return ListKeysOutput(entries, page.truncated, page.next_marker)
