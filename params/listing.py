"""Pages of parameters, in the order of their paths, whatever the filters.

One of the filters leads: an index has what it holds of, in order. The range of paths that
all filters together leave is a part of each look into that index. What is found is held
against the other filters, and a page ends early after `MOST_SCANNED` parameters, so that it
costs the same however many there are.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Model, QuerySet

from params import filters
from params.filters import Filter
from params.models import Label, Parameter, ParameterTag
from service.tokens import Page
from service.value import value

MOST_SCANNED = 1_000  # parameters that a page may hold against its filters
BATCH = 100

Stream = Callable[[str], QuerySet[Any]]  # what comes after a path, in order

_ANY_TAG = "a tag, whatever its value"
_RANKS = (
    *(filters.NAME, filters.LABEL, filters.TAG, filters.KEY, filters.PATH, _ANY_TAG),
    *(filters.TYPE, filters.TIER, filters.DATA_TYPE),
)


@value
class Scope:
    """Whose parameters, and where."""

    account: str
    region: str


def page(
    scope: Scope, wanted: Sequence[Filter], after: str, length: int, time: datetime
) -> Page[Parameter]:
    """At most `length` parameters after the path `after` of which all of `wanted` hold.

    What has expired by `time` is not there.
    """
    leader = _leader(wanted)
    streams = _streams(scope, wanted, leader)
    rows = _there(_merged([_read(stream, after, length + 1) for stream in streams]), time)
    rest = [each for each in wanted if not each.is_a_range and not _is_all(each, leader)]
    if not rest:
        found = list(islice(rows, length + 1))
        return Page(tuple(found[:length]), found[length - 1].path_name if found[length:] else None)
    return held_against(rest, rows, length, most=MOST_SCANNED)


def streams(scope: Scope, wanted: Sequence[Filter]) -> list[Stream]:
    """The queries that a page is read with. For tests, which ask the database how it goes."""
    return _streams(scope, wanted, _leader(wanted))


def _path(row: Parameter) -> str:
    return row.path_name


def _anything(_: Parameter) -> bool:
    return True


def held_against(
    rest: Sequence[Filter],
    rows: Iterator[Parameter],
    length: int,
    *,
    most: int,
    fits: Callable[[Parameter], bool] = _anything,
    place: Callable[[Parameter], str] = _path,
) -> Page[Parameter]:
    """The first of the rows of which all of `rest`, and then `fits`, hold; of about `most`."""
    found: list[Parameter] = []
    scanned, last = 0, ""
    while batch := list(islice(rows, BATCH)):
        facts = _facts(rest, batch)
        for row in batch:
            if all(each.holds(row, facts[row.pk]) for each in rest) and fits(row):
                if len(found) == length:
                    return Page(tuple(found), place(found[-1]))
                found.append(row)
            last = place(row)
        scanned += len(batch)
        if scanned >= most:
            return Page(tuple(found), last)
    return Page(tuple(found))


def _facts(
    rest: Sequence[Filter], rows: Sequence[Parameter]
) -> defaultdict[int, list[tuple[str, str]]]:
    """Of each row, the tags and labels that the filters are about."""
    found: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    if names := [each.tag for each in rest if each.tag]:
        tags = ParameterTag.objects.filter(parameter__in=rows, name__in=names)
        for parameter, name, told in tags.values_list("parameter_id", "name", "value"):
            found[parameter].append((filters.TAG + name, told))
    for each in rest:
        if each.key == filters.LABEL:
            labels = Label.objects.filter(parameter__in=rows, label__in=each.values or ())
            for parameter, told in labels.values_list("parameter_id", "label"):
                found[parameter].append((filters.LABEL, told))
    return found


def _rank(each: Filter) -> int | None:
    """How well a filter leads, the least best: about how little it holds of. None: not at all."""
    exact = each.option in (filters.EQUALS, filters.ONE_LEVEL) and each.values is not None
    if each.tag:
        return _RANKS.index(filters.TAG) if exact else _RANKS.index(_ANY_TAG)
    if exact:
        return _RANKS.index(each.key)
    return len(_RANKS) if each.ranges else None


def _is_all(each: Filter, leader: Filter | None) -> bool:
    """Whether the filter leads, and what it leads to is just what it holds of."""
    return each is leader and (each.option != filters.BEGINS or not each.tag)


def _leader(wanted: Sequence[Filter]) -> Filter | None:
    ranked = [(rank, each) for each in wanted if (rank := _rank(each)) is not None]
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _streams(scope: Scope, wanted: Sequence[Filter], leader: Filter | None) -> list[Stream]:
    low, high = hull(wanted)
    where = {"account": scope.account, "region": scope.region}
    if high:
        where["path_name__lt"] = high
    if leader is None:
        return [_stream(Parameter, where, low)]
    if leader.ranges and leader.option != filters.ONE_LEVEL:
        return [
            _stream(Parameter, {**where, "path_name__lt": min(end, high)}, max(start, low))
            for start, end in leader.ranges
        ]
    return [_stream(model, where | more, low) for model, more in _looks(leader)]


def _looks(leader: Filter) -> Iterator[tuple[type[Model], dict[str, Any]]]:
    """What to look into, and for what."""
    values = leader.values or ()
    if leader.key == filters.NAME:
        yield Parameter, {"path_name__in": values}
    elif leader.tag and (leader.values is None or leader.option != filters.EQUALS):
        yield ParameterTag, {"name": leader.tag}
    elif leader.tag:
        yield from ((ParameterTag, {"name": leader.tag, "value": each}) for each in values)
    elif leader.key == filters.LABEL:
        yield from ((Label, {"label": each}) for each in values)
    else:
        column = filters.COLUMNS[leader.key]
        yield from ((Parameter, {column: each}) for each in values)


def hull(wanted: Sequence[Filter]) -> tuple[str, str]:
    """The narrowest range of paths that has all of which the filters can hold; "" is no bound."""
    ranges = [each.ranges for each in wanted if each.ranges]
    low = max((min(start for start, _ in each) for each in ranges), default="")
    high = min((max(end for _, end in each) for each in ranges), default="")
    return low, high


def _stream(model: type[Model], where: dict[str, Any], low: str) -> Stream:
    rows: QuerySet[Any] = model._default_manager.filter(**where).order_by("path_name")
    if model is not Parameter:
        rows = rows.select_related("parameter")

    def after(place: str) -> QuerySet[Any]:
        if place >= low:
            return rows.filter(path_name__gt=place)
        return rows.filter(path_name__gte=low)

    return after


def _read(stream: Stream, after: str, length: int) -> Iterator[Parameter]:
    """The parameters of a stream, in batches: the first is as long as a page."""
    while True:
        rows = list(stream(after)[:length])
        yield from (row if isinstance(row, Parameter) else row.parameter for row in rows)
        if len(rows) < length:
            return
        after, length = rows[-1].path_name, BATCH


def _there(rows: Iterator[Parameter], time: datetime) -> Iterator[Parameter]:
    return (row for row in rows if not row.has_expired(time))


def _merged(streams: Iterable[Iterator[Parameter]]) -> Iterator[Parameter]:
    """The parameters of all streams in order, each once."""
    last = ""
    for row in heapq.merge(*streams, key=lambda row: row.path_name):
        if row.path_name != last:
            last = row.path_name
            yield row
