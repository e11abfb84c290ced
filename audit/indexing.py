"""From records to what searches find. Rows here are derived: a chain's mark says how far.

The rows and the mark move in one transaction, and only from where the mark was when the
records were read. So any number of processes may index at once, and any may be killed.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from django.db import connection
from django.db.models import Exists, Model, OuterRef
from django.db.transaction import atomic

from audit import places
from audit.identity import user_name
from audit.models import Chain, Event, EventResource, Record

BATCH = 200  # records; others wait for some milliseconds while SQLite writes them

EVENT = (
    *("record", "account", "region", "time", "event_id", "event_name", "event_source"),
    *("read_only", "username", "access_key_id", "error_code"),
)
RESOURCE = ("record", "account", "region", "time", "type", "name")

Row = tuple[Any, ...]

logger = logging.getLogger("strongroom.audit")


class Unreadable(Exception):
    """A record that cannot be made sense of; says which."""


class Derived(NamedTuple):
    """The rows of one record, or of many, in the order of the columns above."""

    events: list[Row]
    resources: list[Row]

    def tables(self) -> Iterator[tuple[str, tuple[str, ...], list[Row]]]:
        """Each table, its columns, and its rows."""
        yield "audit_event", EVENT, self.events
        yield "audit_event_resource", RESOURCE, self.resources


def catch_up(*, seconds: float = 2.0) -> None:
    """Index what has been recorded, for about `seconds` at most.

    Afterwards searches find every record that was committed before, unless there was more
    than the time was enough for.
    """
    until = time.monotonic() + seconds
    for chain in _chains_behind():
        while _index_some(chain):
            if time.monotonic() > until:
                logger.warning("searches do not yet find all of chain %d", chain)
                return


def indexable_name(name: str) -> str:
    """A resource's name as far as the index holds it."""
    return name.encode()[: EventResource.MOST_NAME].decode(errors="ignore")


def _chains_behind() -> list[int]:
    end = (OuterRef("id") + 1) * places.SPAN
    not_indexed = Record.objects.filter(id__gt=OuterRef("indexed"), id__lt=end)
    behind = Chain.objects.filter(Exists(not_indexed), closed=None)
    return list(behind.order_by("id").values_list("id", flat=True))


def _index_some(chain: int) -> bool:
    """Index the next batch of a chain, or see another process do it; False: nothing is left."""
    mark = Chain.objects.values_list("indexed", flat=True).get(id=chain)
    records = Record.objects.filter(id__gt=mark, id__lt=places.record_id(chain + 1, 0))
    found = list(records.order_by("id").values_list("id", "body")[:BATCH])
    if not found:
        return False
    derived = derive_all(found)
    with atomic():
        if Chain.objects.filter(id=chain, indexed=mark).update(indexed=found[-1][0]):
            write(derived)
    return True


def write(derived: Derived) -> None:
    with connection.cursor() as cursor:
        for table, columns, rows in derived.tables():
            values = ", ".join(["%s"] * len(columns))
            cursor.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})",  # noqa: S608
                rows,
            )


def derive_all(records: Iterable[tuple[int, bytes | memoryview]]) -> Derived:
    derived = Derived([], [])
    for record, body in records:
        try:
            one = _derive(record, bytes(body))
        except Unreadable as error:  # somebody changed it: that is for `audit_verify` to tell
            logger.error("not found by searches: %s", error)
            continue
        derived.events.extend(one.events)
        derived.resources.extend(one.resources)
    return derived


def _derive(record: int, body: bytes) -> Derived:
    try:
        found = orjson.loads(body)
        common = (
            record,
            found["recipientAccountId"],
            found["awsRegion"],
            _stored(found["eventTime"]),
        )
        event = _fitting((*common, *_columns(found)), _EVENT_LENGTHS)
        resources = [
            _fitting((*common, each["type"], indexable_name(each["ARN"])), _RESOURCE_LENGTHS)
            for each in found["resources"]
        ]
        return Derived([event], resources)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise Unreadable(places.name(record)) from error


def _lengths(model: type[Model], columns: Iterable[str]) -> tuple[int | None, ...]:
    """How long the texts of a row may be; None for what is no text."""
    return tuple(getattr(model._meta.get_field(name), "max_length", None) for name in columns)


_EVENT_LENGTHS = _lengths(Event, EVENT)
_RESOURCE_LENGTHS = _lengths(EventResource, RESOURCE)


def _fitting(row: Row, lengths: Sequence[int | None]) -> Row:
    """`row`, if every database takes it. Raises ValueError."""
    for value, most in zip(row, lengths, strict=True):
        if most is None:
            continue
        if not isinstance(value, str) or len(value) > most or "\0" in value:
            raise ValueError("does not fit")
    return row


@lru_cache(maxsize=16)  # records of one second are many
def _stored(event_time: str) -> Any:
    time = datetime.fromisoformat(event_time).astimezone(UTC)
    return connection.ops.adapt_datetimefield_value(time)


def _columns(found: Mapping[str, Any]) -> tuple[Any, ...]:
    identity = found["userIdentity"]
    if not isinstance(found["readOnly"], bool):
        raise TypeError("readOnly")
    return (
        found["eventID"],
        found["eventName"],
        found["eventSource"],
        found["readOnly"],
        user_name(identity),
        identity.get("accessKeyId", ""),
        found.get("errorCode", ""),
    )
