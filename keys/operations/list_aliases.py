"""kms:ListAliases."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from keys import conditions, identifiers, lookup, managed, paging
from keys.models import Alias
from service.operation import Call, Check, Operation

LIST, DEFAULT, MOST = "aliases", 50, 100


@dataclass(frozen=True, slots=True)
class ListAliasesInput:
    key_id: str | None = None
    limit: int | None = None
    marker: str | None = None


@dataclass(frozen=True, slots=True)
class AliasListEntry:
    """Without a key and dates, it is a ready-made alias whose key was not asked for yet."""

    alias_name: str
    alias_arn: str
    target_key_id: str | None = None
    creation_date: datetime | None = None
    last_updated_date: datetime | None = None


@dataclass(frozen=True, slots=True)
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
        found = _stored(call, given, place, length + 1)
        if given.key_id is None:
            found = _with_ready_made(call, found, place, length + 1)
        page = paging.page(LIST, found, length, lambda entry: entry.alias_name)
        return ListAliasesOutput(page.items, page.truncated, page.next_marker)


def _stored(call: Call, given: ListAliasesInput, place: str, length: int) -> list[AliasListEntry]:
    if given.key_id is None:
        rows = Alias.objects.filter(account=call.caller.account, region=call.caller.region)
    else:
        named = lookup.named(call, given.key_id, aliases=False, other_accounts=False)
        rows = Alias.objects.filter(key=named.found.row)
    rows = rows.select_related("key").filter(name__gt=place).order_by("name")
    return [_entry(call, row) for row in rows[:length]]


def _entry(call: Call, row: Alias) -> AliasListEntry:
    arn = identifiers.alias_name(call.caller, row.name).arn
    return AliasListEntry(row.name, arn, row.key.key_id, row.created, row.updated)


def _with_ready_made(
    call: Call, found: list[AliasListEntry], place: str, length: int
) -> list[AliasListEntry]:
    """`found`, with the ready-made aliases that belong on the same page."""
    known = {entry.alias_name for entry in found}
    caller = call.caller
    more = [
        AliasListEntry(name, identifiers.alias_name(caller, name).arn)
        for name in managed.aliases()
        if name > place and name not in known
    ]
    return sorted(found + more, key=lambda entry: entry.alias_name)[:length]
