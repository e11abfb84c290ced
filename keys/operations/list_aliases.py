"""kms:ListAliases."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from keys import conditions, identifiers, lookup, managed, paging
from keys.models import Alias
from service.operation import Call, Check, Operation
from service.value import value

LIST, DEFAULT, MOST = "aliases", 50, 100
READY_MADE = "+"  # before a name, where it is a place among the ready-made ones


@value
class ListAliasesInput:
    key_id: str | None = None
    limit: int | None = None
    marker: str | None = None


@value
class AliasListEntry:
    """Without a key and dates, it is a ready-made alias whose key was not asked for yet."""

    alias_name: str
    alias_arn: str
    target_key_id: str | None = None
    creation_date: datetime | None = None
    last_updated_date: datetime | None = None


@value
class ListAliasesOutput:
    aliases: tuple[AliasListEntry, ...]
    truncated: bool
    next_marker: str | None = None


class ListAliases(Operation[ListAliasesInput, ListAliasesOutput]):
    """Lists the aliases of a key, or the account's in the region, those of AWS too."""

    name = "kms:ListAliases"

    def checks(self, call: Call, given: ListAliasesInput) -> Iterable[Check]:
        yield Check(self.name, conditions=conditions.of_caller(call.caller))

    def run(self, call: Call, given: ListAliasesInput) -> ListAliasesOutput:
        length = paging.size(given.limit, DEFAULT, MOST)
        place = paging.after(LIST, given.marker)
        found: list[AliasListEntry] = []
        if not place.startswith(READY_MADE):
            found = _stored(call, given, place, length + 1)
        if given.key_id is None and len(found) <= length:
            found += _ready_made(call, place)
        page = paging.page(LIST, found, length, _place)
        return ListAliasesOutput(page.items, page.truncated, page.next_marker)


def _stored(call: Call, given: ListAliasesInput, place: str, length: int) -> list[AliasListEntry]:
    if given.key_id is None:
        rows = of_account(call)
    else:
        named = lookup.named(call, given.key_id, aliases=False, other_accounts=False)
        rows = Alias.objects.filter(key=named.found.row)
    rows = rows.select_related("key").filter(name__gt=place).order_by("name")
    return [entry_of(call, row) for row in rows[:length]]


def of_account(call: Call) -> QuerySet[Alias]:
    """The caller's, in the region."""
    caller, there = call.caller, lookup.is_there(call.caller.time, "key__")
    return Alias.objects.filter(there, account=caller.account, region=caller.region)


def entry_of(call: Call, row: Alias) -> AliasListEntry:
    arn = identifiers.alias_name(call.caller, row.name).arn
    return AliasListEntry(row.name, arn, row.key.key_id, row.created, row.updated)


def _ready_made(call: Call, place: str) -> list[AliasListEntry]:
    """The ready-made aliases after `place` whose keys were not asked for yet.

    They come last: how the database sorts names is its own affair.
    """
    caller, names = call.caller, managed.aliases()
    seen = place.removeprefix(READY_MADE) if place.startswith(READY_MADE) else ""
    rows = Alias.objects.filter(account=caller.account, region=caller.region, name__in=names)
    used = set(rows.values_list("name", flat=True))
    return [
        AliasListEntry(name, identifiers.alias_name(caller, name).arn)
        for name in names
        if name not in used and name > seen
    ]


def _place(entry: AliasListEntry) -> str:
    return entry.alias_name if entry.target_key_id else READY_MADE + entry.alias_name
