"""Pages of the parameters that other accounts share with the caller's.

They are read from the index of shares, so that it does not matter how many parameters there
are that are not shared. The order is that of paths, then of the accounts they belong to.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from iam.authorize import decision_for
from params import listing, lookup
from params.filters import Filter
from params.models import EVERYONE, Parameter, Share
from params.paging import Page
from service.caller import Caller
from service.operation import Check

MOST_DECIDED = 100  # parameters of a page: each may have ten policies, written by a stranger

Place = tuple[str, str]  # a path, and whose


def page(
    caller: Caller, action: str, wanted: Sequence[Filter], after: str, length: int
) -> Page[Parameter]:
    """At most `length` parameters, after the place `after`, of which the caller may do `action`.

    Tags are not shared: a filter on them holds of none, or one could find them out by asking.
    """
    if any(each.tag for each in wanted):
        return Page(())
    path, _, owner = after.rpartition(":")
    rows = (_read(stream, (path, owner)) for stream in streams(caller, wanted))

    def fits(row: Parameter) -> bool:
        if row.has_expired(caller.time):
            return False
        return decision_for(caller, Check(action, lookup.resource_of(row))).allowed

    merged = heapq.merge(*rows, key=_place)
    return listing.held_against(
        wanted, _once(merged), length, fits=fits, place=_told, most=MOST_DECIDED
    )


def streams(
    caller: Caller, wanted: Sequence[Filter]
) -> list[Callable[[Place], QuerySet[Share, Share]]]:
    """The queries that a page is read with, each of what comes after a place."""
    low, high = listing.hull(wanted)
    rows = Share.objects.filter(region=caller.region).exclude(account=caller.account)
    if high:
        rows = rows.filter(path_name__lt=high)
    rows = rows.select_related("parameter").prefetch_related("parameter__resource_policies")
    return [_after(rows.filter(consumer=consumer), low) for consumer in (caller.account, EVERYONE)]


def _after(rows: QuerySet[Share, Share], low: str) -> Callable[[Place], QuerySet[Share, Share]]:
    def after(place: Place) -> QuerySet[Share, Share]:
        path, owner = place
        # the first of the bounds is what the index is looked up by
        beyond = Q(path_name__gte=max(path, low)) & (Q(path_name__gt=path) | Q(account__gt=owner))
        return rows.filter(beyond).order_by("path_name", "account")

    return after


def _read(stream: Callable[[Place], QuerySet[Any, Any]], place: Place) -> Iterator[Parameter]:
    while True:
        rows = list(stream(place)[: listing.BATCH])
        yield from (row.parameter for row in rows)
        if len(rows) < listing.BATCH:
            return
        place = rows[-1].path_name, rows[-1].account


def _once(rows: Iterator[Parameter]) -> Iterator[Parameter]:
    """Each once, though it may be shared with the account and with everyone."""
    last = None
    for row in rows:
        if row.pk != last:
            last = row.pk
            yield row


def _place(row: Parameter) -> Place:
    return row.path_name, row.account


def _told(row: Parameter) -> str:
    """No path has a colon."""
    return f"{row.path_name}:{row.account}"
