"""Reading tables of any size in the order of their keys, a few rows at a time."""

from collections.abc import Iterator
from typing import TypeVar

from django.db.models import Model, QuerySet

from audit.fields import numbered

M = TypeVar("M", bound=Model)
ROWS = 1000


def in_order(rows: QuerySet[M]) -> Iterator[M]:
    """Every row, by primary key. No read is held open meanwhile, so writers are not hindered."""
    wanted = numbered(rows).order_by("pk")
    part = list(wanted[:ROWS])
    while part:
        yield from part
        part = list(wanted.filter(pk__gt=part[-1].pk)[:ROWS])
