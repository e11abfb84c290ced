"""The index against the records: which rows are wrong, and making them anew."""

from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.db.transaction import atomic

from audit.indexing import BATCH, Derived, Row, derive_all, write
from audit.models import Chain, Event, EventResource, Record
from audit.places import record_id

TABLES = EventResource, Event


def misindexed(derived: Derived, after: int, last: int) -> set[int]:
    """The records beyond `after` and up to `last` of which the rows are not those derived."""
    return {
        record
        for table, columns, rows in derived.tables()
        for record in _different(table, columns, rows, after, last)
    }


def _different(
    table: str, columns: tuple[str, ...], rows: list[Row], after: int, last: int
) -> list[int]:
    """The database compares: what it holds may not even be readable."""
    names = ", ".join(columns)
    values = ", ".join(["(" + ", ".join(["%s"] * len(columns)) + ")"] * len(rows))
    said = f"VALUES {values}" if rows else f"SELECT {names} FROM {table} WHERE 1 = 0"  # noqa: S608
    statement = f"""
        WITH said ({names}) AS ({said}),
            known AS (SELECT {names} FROM {table} WHERE record > %s AND record <= %s)
        SELECT record FROM (SELECT * FROM said EXCEPT SELECT * FROM known) AS absent
        UNION
        SELECT record FROM (SELECT * FROM known EXCEPT SELECT * FROM said) AS untrue
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [*(value for row in rows for value in row), after, last])
        return [record for (record,) in cursor.fetchall()]


def has_strays() -> bool:
    """Whether the index tells of records that are not there."""
    return any(_strays(table).exists() for table in TABLES)


def rebuild() -> int:
    """Make the index anew from the records; return how many there are.

    Rows and marks are replaced a few at a time, as `audit.indexing` writes them: others may
    record, index and search meanwhile, and this may be killed.
    """
    count = 0
    for chain in Chain.objects.order_by("id").values_list("id", flat=True):
        count += _rebuild(chain)
    for table in TABLES:
        while strays := list(_strays(table).values_list("pk", flat=True)[:BATCH]):
            table.objects.filter(pk__in=strays).delete()
    return count


def _strays(table: type[Event] | type[EventResource]) -> QuerySet[Any]:
    return table.objects.filter(~Exists(Record.objects.filter(id=OuterRef("record"))))


def _rebuild(chain: int) -> int:
    place, count = record_id(chain, 0), 0
    while some := _rebuild_some(chain, place):
        place, count = some[-1], count + len(some)
    return count


@atomic
def _rebuild_some(chain: int, place: int) -> list[int]:
    """Replace what the index has of the next batch after `place`; its records.

    Whoever indexes has to move the chain's mark, so waits until this is done.
    """
    row, end = Chain.objects.filter(id=chain), record_id(chain + 1, 0)
    list(row.select_for_update().values_list("id"))
    records = Record.objects.filter(id__gt=place, id__lt=end).order_by("id")
    found = list(records.values_list("id", "body")[:BATCH])
    last = found[-1][0] if found else end - 1
    for table in TABLES:
        table.objects.filter(record__gt=place, record__lte=last).delete()
    write(derive_all(found))
    if found:
        row.filter(indexed__lt=last).update(indexed=last)
    else:
        row.update(indexed=place)  # wherever it was put
    return [record for record, _ in found]
