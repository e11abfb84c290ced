"""From records to what searches find. Rows here are derived: a chain's mark says how far.

The rows and the mark move in one transaction, and only from where the mark was when the
records were read. So any number of processes may index at once, and any may be killed.
"""

import logging
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from django.db import connection
from django.db.models import Exists, OuterRef
from django.db.transaction import atomic

from audit import places
from audit.identity import user_name
from audit.models import Chain, EventResource, Record

BATCH = 200  # records; others wait for some milliseconds while SQLite writes them

_EVENT = """
    INSERT INTO audit_event (record, account, region, time, event_id, event_name, event_source,
        read_only, username, access_key_id, error_code)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_RESOURCE = """
    INSERT INTO audit_event_resource (record, account, region, time, type, name)
    VALUES (%s, %s, %s, %s, %s, %s)
"""

logger = logging.getLogger("strongroom.audit")


class Unreadable(Exception):
    """A record that cannot be made sense of; says which."""


class _Derived(NamedTuple):
    """The rows of one record, or of many, in the order of the columns above."""

    events: list[tuple[Any, ...]]
    resources: list[tuple[Any, ...]]


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
    derived = _derive_all(found)
    with atomic():
        if Chain.objects.filter(id=chain, indexed=mark).update(indexed=found[-1][0]):
            _write(derived)
    return True


def _write(derived: _Derived) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(_EVENT, derived.events)
        cursor.executemany(_RESOURCE, derived.resources)


def _derive_all(records: Iterable[tuple[int, bytes | memoryview]]) -> _Derived:
    derived = _Derived([], [])
    for record, body in records:
        try:
            one = _derive(record, bytes(body))
        except Unreadable as error:  # somebody changed it: that is for `audit_verify` to tell
            logger.error("not found by searches: %s", error)
            continue
        derived.events.extend(one.events)
        derived.resources.extend(one.resources)
    return derived


def _derive(record: int, body: bytes) -> _Derived:
    try:
        found = orjson.loads(body)
        common = (
            record,
            found["recipientAccountId"],
            found["awsRegion"],
            _stored(found["eventTime"]),
        )
        resources = [
            (*common, each["type"], indexable_name(each["ARN"])) for each in found["resources"]
        ]
        return _Derived([(*common, *_columns(found))], resources)
    except (ValueError, TypeError, KeyError) as error:
        raise Unreadable(places.name(record)) from error


@lru_cache(maxsize=16)  # records of one second are many
def _stored(event_time: str) -> Any:
    return connection.ops.adapt_datetimefield_value(datetime.fromisoformat(event_time))


def _columns(found: Mapping[str, Any]) -> tuple[Any, ...]:
    identity = found["userIdentity"]
    return (
        found["eventID"],
        found["eventName"],
        found["eventSource"],
        found["readOnly"],
        user_name(identity),
        identity.get("accessKeyId", ""),
        found.get("errorCode", ""),
    )
