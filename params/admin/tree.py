"""What lies below a path: the paths one level down, and how many parameters are in each.

The database jumps from one to the next in an index, over all that is below it, and counts up
to a limit: a page costs the same however many parameters there are.
"""

from django.db import connection

from params import names
from params.models import Parameter
from service.caller import Caller
from service.value import value

ROWS = 50
MOST_COUNTED = 1_000
_STEPS = 2 * ROWS + 2  # a path is jumped to twice at most: for what is in it, and below it

# `place` is where a parameter lies, `child` the path one level down that this is in. All
# below `child` begins with `child/`, which sorts before `child0`; of what names are made of,
# `-` sorts first. `child` itself sorts apart from what is below it (`child-x` is between),
# so that it may be come by twice: once is enough.
_QUERY = """
WITH RECURSIVE jump(place, step) AS (
  SELECT (SELECT parent FROM {table} WHERE account = %(account)s AND region = %(region)s
          AND parent >= %(start)s AND parent < %(high)s ORDER BY parent LIMIT 1), 1
  UNION ALL
  SELECT (SELECT parent FROM {table} WHERE account = %(account)s AND region = %(region)s
          AND parent >= (
            CASE {find}(substr(jump.place, %(length)s), '/') WHEN 0 THEN jump.place || '-'
            ELSE substr(jump.place, 1,
                        %(length)s + {find}(substr(jump.place, %(length)s), '/') - 2) || '0' END)
          AND parent < %(high)s ORDER BY parent LIMIT 1), step + 1
  FROM jump WHERE place IS NOT NULL AND step < %(steps)s
), found(place, child) AS (
  SELECT place, CASE {find}(substr(place, %(length)s), '/') WHEN 0 THEN place
    ELSE substr(place, 1, %(length)s + {find}(substr(place, %(length)s), '/') - 2) END
  FROM jump WHERE place IS NOT NULL
), fresh(place, child, known) AS (
  SELECT place, child, place <> child AND EXISTS (
    SELECT 1 FROM {table} WHERE account = %(account)s AND region = %(region)s AND parent = child)
  FROM found
)
SELECT place, child, known, CASE WHEN known THEN 0 ELSE (
  SELECT count(*) FROM (
    SELECT 1 FROM {table} WHERE account = %(account)s AND region = %(region)s
    AND path_name >= child || '/' AND path_name < child || '0' LIMIT %(most)s) AS counted) END
FROM fresh ORDER BY place
"""
_FIND = {"sqlite": "instr", "postgresql": "strpos"}


@value
class SubPath:
    """`count`: of the parameters in it and below it; beyond MOST_COUNTED it says only that."""

    path: str
    count: int

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def is_more(self) -> bool:
        return self.count > MOST_COUNTED


def sub_paths(caller: Caller, path: str, after: str = "") -> tuple[list[SubPath], str]:
    """A page of the paths one level below `path`, and the place after which the next begins.

    `after` is such a place; it is empty for the first page, and after the last.
    """
    prefix, high = names.below(path)
    found, place = [], ""
    rows = _rows(caller, prefix, max(prefix + "-", _next(prefix, after)), high)
    for place, child, known, count in rows:  # noqa: B007 - the last is where it goes on
        if not known:
            found.append(SubPath(child, count))
        if len(found) == ROWS:
            break
    return found, "" if place == _last(rows) and len(rows) < _STEPS else place


def _rows(caller: Caller, prefix: str, start: str, high: str) -> list[tuple[str, str, bool, int]]:
    query = _QUERY.format(table=Parameter._meta.db_table, find=_FIND[connection.vendor])
    given: dict[str, str | int] = {
        "account": caller.account,
        "region": caller.region,
        "start": start,
        "high": high,
        "length": len(prefix) + 1,
        "steps": _STEPS,
        "most": MOST_COUNTED + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())


def _next(prefix: str, place: str) -> str:
    """Where to go on after a place, as the query does."""
    child, slash, _ = place[len(prefix) :].partition("/")
    return f"{prefix}{child}{'0' if slash else '-'}" if place else ""


def _last(rows: list[tuple[str, str, bool, int]]) -> str:
    return rows[-1][0] if rows else ""
