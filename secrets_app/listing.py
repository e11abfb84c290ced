"""Pages of secrets in any of four orders, whatever the filters.

If one of the filters leaves few (an index of names, tag keys or tag values tells), those
are read and put in order. Else an index is walked in the order wanted, and what is found is
held against the filters. A page ends early after `MOST_SCANNED` secrets, so that it costs
the same however many there are: it may be empty, and yet not the last.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from types import MappingProxyType
from typing import Any

from django.db.models import Q, QuerySet

from secrets_app import describing, filters, lookup
from secrets_app.filters import Filter
from secrets_app.models import Secret, SecretTag
from service.tokens import Page
from service.value import value

MOST_SCANNED = 1_000  # secrets that a page may hold against its filters
BATCH = 100

_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "created-date": "created",
        "last-accessed-date": "accessed",
        "last-changed-date": "changed",
        "name": "name",
    }
)
_READ: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        "created": datetime.fromisoformat,
        "accessed": date.fromisoformat,
        "changed": datetime.fromisoformat,
        "name": str,
    }
)
Place = list[Any] | None  # JSON: where a page ended; None before the first


@value
class Wanted:
    """Which secrets are asked for, and in which order.

    `deleted`: also those that are scheduled for deletion.
    """

    account: str
    region: str
    time: datetime
    filters: tuple[Filter, ...] = ()
    deleted: bool = False
    order: str = "created-date"
    descending: bool = False

    @property
    def column(self) -> str:
        return _COLUMNS[self.order]


def page(wanted: Wanted, after: Place, length: int) -> Page[Secret]:
    """At most `length` secrets after the place."""
    rows = _after(wanted, _ordered(wanted), after)
    few = _few(wanted)
    if few is not None:
        rows = rows.filter(pk__in=few)
    found: list[Secret] = []
    scanned, last = 0, None
    for batch in _batches(wanted, rows, length + 1):
        of_tags = describing.tags_of(batch) if wanted.filters else {}
        for row in batch:
            if _holds(wanted, row, of_tags.get(row.pk, {})):
                if len(found) == length:
                    return Page(tuple(found), _place(wanted, found[-1]))
                found.append(row)
            last = row
        scanned += len(batch)
        if scanned >= MOST_SCANNED and last is not None:
            return Page(tuple(found), _place(wanted, last))
    return Page(tuple(found))


def queries(wanted: Wanted, after: Place) -> Sequence[QuerySet[Any]]:
    """What a page may be read with. For tests, which ask the database how it goes."""
    return [_after(wanted, _ordered(wanted), after)[:BATCH], *_looks(wanted)]


def _holds(wanted: Wanted, row: Secret, tags: Mapping[str, str]) -> bool:
    if row.deletion_date is not None and (not wanted.deleted or lookup.is_gone(row, wanted.time)):
        return False
    return all(each.holds(row, tags) for each in wanted.filters)


def _few(wanted: Wanted) -> list[int] | None:
    """The keys of all secrets that one of the filters can hold of, if they are not many."""
    for look in _looks(wanted):
        found = list(islice(look[: MOST_SCANNED + 1], MOST_SCANNED + 1))
        if len(found) <= MOST_SCANNED:
            return found
    return None


def _looks(wanted: Wanted) -> Iterator[QuerySet[Any, int]]:
    where = {"account": wanted.account, "region": wanted.region}
    for each in wanted.filters:
        if not each.prefixes:
            continue
        if each.key == filters.NAME:
            yield Secret.objects.filter(_ranges("name", each), **where).values_list("pk", flat=True)
        elif each.key in (filters.TAG_KEY, filters.TAG_VALUE):
            column = "name" if each.key == filters.TAG_KEY else "value"
            rows = SecretTag.objects.filter(_ranges(column, each), **where).order_by()
            yield rows.values_list("secret_id", flat=True)


def _ranges(column: str, each: Filter) -> Q:
    found = Q()
    for prefix in each.prefixes:
        found |= Q(**{f"{column}__gte": prefix, f"{column}__lt": prefix + filters.BEYOND})
    return found


def _ordered(wanted: Wanted) -> QuerySet[Secret]:
    rows = Secret.objects.filter(account=wanted.account, region=wanted.region)
    sign = "-" if wanted.descending else ""
    order = ("name",) if wanted.column == "name" else (wanted.column, "id")
    return rows.order_by(*(sign + column for column in order))


def _after(wanted: Wanted, rows: QuerySet[Secret], place: Place) -> QuerySet[Secret]:
    """The first condition is the index's; the second tells those of one moment apart."""
    if place is None:
        return rows
    column, key = wanted.column, place[1]
    told = _READ[column](place[0])
    way = "lt" if wanted.descending else "gt"
    return rows.filter(**{f"{column}__{way}e": told}).filter(
        Q(**{f"{column}__{way}": told}) | Q(**{f"pk__{way}": key})
    )


def _batches(wanted: Wanted, rows: QuerySet[Secret], length: int) -> Iterator[list[Secret]]:
    """The first is as long as a page."""
    place: Place = None
    while batch := list(_after(wanted, rows, place)[:length]):
        yield batch
        if len(batch) < length:
            return
        place, length = _place(wanted, batch[-1]), BATCH


def _place(wanted: Wanted, row: Secret) -> list[Any]:
    told = getattr(row, wanted.column)
    return [told if isinstance(told, str) else told.isoformat(), row.pk]
