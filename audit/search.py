"""Searching the trail, newest first. Every way to search has an index: none walks the trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet

from audit.indexing import catch_up, indexable_name
from audit.models import Event, EventResource, Record
from service.value import value

__all__ = ["Found", "Place", "Query", "catch_up", "find", "find_indexed"]


@value
class Place:
    """Where a page ended: the time and the id of its last record."""

    time: datetime
    record: int


@value
class Query:
    """What to find in one account and region; None: whatever it is.

    `start` and `end` (aware datetimes) are both included. `resource_name` is an ARN.
    `failed` finds failures only.
    """

    account: str
    region: str
    start: datetime | None = None
    end: datetime | None = None
    event_id: str | None = None
    event_name: str | None = None
    event_source: str | None = None
    read_only: bool | None = None
    username: str | None = None
    access_key_id: str | None = None
    error_code: str | None = None
    failed: bool = False
    resource_name: str | None = None
    resource_type: str | None = None


@value
class Found:
    """A record: where it is, and its JSON as it was recorded."""

    place: Place
    body: bytes

    @property
    def event(self) -> Mapping[str, Any]:
        """The record in CloudTrail's shape."""
        found: dict[str, Any] = orjson.loads(self.body)
        return found


class _Failed(Func):
    """Whether there is an error. As a parameter the text would not match the partial index."""

    template = "%(expressions)s > ''"
    arity = 1
    output_field = BooleanField()


def find(query: Query, *, limit: int, after: Place | None = None) -> list[Found]:
    """At most `limit` records, newest first; those beyond `after` if that is given.

    Finds everything committed before the call (see `catch_up` for the one exception).
    """
    catch_up()
    return find_indexed(query, limit=limit, after=after)


def find_indexed(query: Query, *, limit: int, after: Place | None = None) -> list[Found]:
    """As `find`, but only what the index knows already: for one who has just searched."""
    rows = _matching(query).filter(_within(query, after))
    newest_first = rows.order_by("-time", "-record").values_list("time", "record").distinct()
    places = [Place(time, record) for time, record in newest_first[:limit]]
    bodies = dict(
        Record.objects.filter(id__in=[place.record for place in places]).values_list("id", "body")
    )
    return [Found(place, bytes(bodies[place.record])) for place in places if place.record in bodies]


def _matching(query: Query) -> QuerySet[Any]:
    """Rows with a time and a record; all that is compared is in one index of theirs."""
    scope = {"account": query.account, "region": query.region}
    event = _asked(
        event_id=query.event_id,
        event_name=query.event_name,
        event_source=query.event_source,
        # a list, because SQLite finds no index for the bare column that Django makes of "is true"
        read_only__in=None if query.read_only is None else [query.read_only],
        username=query.username,
        access_key_id=query.access_key_id,
        error_code=query.error_code,
    )
    resource = _asked(
        name=query.resource_name and indexable_name(query.resource_name),
        type=query.resource_type,
    )
    failed = [_Failed(F("error_code"))] if query.failed else []
    if not resource:
        return Event.objects.filter(*failed, **scope, **event)
    rows = EventResource.objects.filter(**scope, **resource)
    if event or failed:
        matching = Event.objects.filter(*failed, record=OuterRef("record"), **event)
        rows = rows.filter(Exists(matching))
    return rows


def _asked(**conditions: Any) -> dict[str, Any]:
    return {name: value for name, value in conditions.items() if value is not None}


def _within(query: Query, after: Place | None) -> Q:
    within = Q()
    if query.start is not None:
        within &= Q(time__gte=query.start)
    if query.end is not None:
        within &= Q(time__lte=query.end)
    if after is not None:  # the first condition is for the index, the second is exact
        within &= Q(time__lte=after.time)
        within &= Q(time__lt=after.time) | Q(record__lt=after.record)
    return within
