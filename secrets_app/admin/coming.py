"""The calendar of coming rotations: a month as days, and the same as a list.

Each secret's next rotation is read out of an index of the account and region, and counted up
to a limit: a month costs the same however many secrets there are.
"""

import calendar
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from console.pages import Page
from secrets_app.admin import rotations
from secrets_app.models import Secret
from secrets_app.operations.list_secrets import ListSecrets
from service.caller import Caller
from service.value import value

ROWS = 50
NAMED = 3  # of a day, in its cell
MOST_COUNTED = 1_000
FIRST_YEAR, LAST_YEAR = 2000, 2199
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_PLACE = re.compile(r"([0-9T:.+-]+)_(\d{1,18})", re.ASCII)
_COUNT = """SELECT count(*) FROM (SELECT 1 FROM {table} WHERE account = %s AND region = %s
AND rotation_due >= %s AND rotation_due < %s AND deletion_date IS NULL LIMIT {most}) AS counted"""


@value
class Day:
    """`count`: of coming rotations; beyond MOST_COUNTED it says only that. `failed`: names."""

    date: date
    in_month: bool
    is_today: bool
    count: int = 0
    names: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()

    @property
    def is_more(self) -> bool:
        return self.count > MOST_COUNTED

    @property
    def unnamed(self) -> int:
        return self.count - len(self.names)


class Calendar(Page):
    """Who may list secrets is told by AWS, too, when each is rotated next."""

    section, title = "secrets", "Rotations"
    template = "console/secrets/calendar.html"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        self.ask(ListSecrets, {"MaxResults": 1})
        month, day = self._asked(request)
        first = day or month
        last = first + timedelta(days=1) if day else _following(month)
        rows, place = _page(self.caller, first, last, request.GET.get("after", ""))
        return self.show(
            month=month,
            day=day,
            weeks=weeks(self.caller, month),
            weekdays=calendar.day_name,
            rows=rows,
            failing=rotations.failing(self.caller),
            most=MOST_COUNTED,
            previous=_before(month),
            following=_following(month),
            today=self.caller.time.astimezone(UTC).date(),
            asked=f"day={day}" if day else f"month={month:%Y-%m}",
            after=place,
            first="after" not in request.GET,
        )

    def _asked(self, request: HttpRequest) -> tuple[date, date | None]:
        """The month, and the day of it if there is one."""
        text = request.GET.get("day", "")
        if text:
            try:
                day = date.fromisoformat(text)
            except ValueError:
                raise Http404 from None
            return _sound(day.replace(day=1)), day
        found = _MONTH.fullmatch(request.GET.get("month", ""))
        if found is None and "month" in request.GET:
            raise Http404
        if found is None:
            return self.caller.time.astimezone(UTC).date().replace(day=1), None
        return _sound(date(int(found[1]) or 1, int(found[2]), 1)), None


def weeks(caller: Caller, month: date) -> list[list[Day]]:
    """The month's weeks, from Monday on, with days of the months beside it that are empty."""
    last = _following(month)
    names: defaultdict[date, list[str]] = defaultdict(list)
    for row in _between(caller, month, last)[: MOST_COUNTED // 5]:
        if row.rotation_due is not None:
            names[row.rotation_due.astimezone(UTC).date()].append(row.name)
    failed: defaultdict[date, list[str]] = defaultdict(list)
    for each in rotations.failed_between(caller, _start(month), _start(last)):
        if each.finished is not None:
            failed[each.finished.astimezone(UTC).date()].append(each.secret.name)
    counts, today = _counts(caller, month, last), caller.time.astimezone(UTC).date()
    return [
        [
            Day(
                day,
                day.month == month.month,
                day == today,
                counts.get(day, 0),
                tuple(names.get(day, ())[:NAMED]),
                tuple(dict.fromkeys(failed.get(day, ()))),
            )
            for day in week
        ]
        for week in calendar.Calendar().monthdatescalendar(month.year, month.month)
    ]


def next_rotations(caller: Caller, limit: int) -> Sequence[Secret]:
    """Those that come next."""
    return list(_after(caller, caller.time)[:limit])


def _counts(caller: Caller, first: date, last: date) -> Mapping[date, int]:
    """Of each day, in one query."""
    days = [first + timedelta(days=number) for number in range((last - first).days)]
    one = _COUNT.format(table=Secret._meta.db_table, most=MOST_COUNTED + 1)
    given: list[str] = []
    for day in days:
        bounds = (_start(day), _start(day + timedelta(days=1)))
        told = [str(connection.ops.adapt_datetimefield_value(each)) for each in bounds]
        given += [caller.account, caller.region, *told]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"({one})" for _ in days), given)
        found = cursor.fetchone() or ()
    return Counter(dict(zip(days, found, strict=True)))


def _page(caller: Caller, first: date, last: date, after: str) -> tuple[list[Secret], str]:
    """A page of the rotations of these days, and where the next one begins; empty if none does."""
    rows = _between(caller, first, last)
    if found := _PLACE.fullmatch(after):
        try:
            at = datetime.fromisoformat(found[1])
        except ValueError:
            raise Http404 from None
        later = Q(rotation_due__gt=at) | Q(pk__gt=int(found[2]))
        rows = rows.filter(later, rotation_due__gte=at)
    page = list(rows[: ROWS + 1])
    end = page[ROWS - 1] if len(page) > ROWS else None
    place = "" if end is None or end.rotation_due is None else _place(end, end.rotation_due)
    return page[:ROWS], place


def _place(row: Secret, due: datetime) -> str:
    return f"{due.astimezone(UTC).isoformat()}_{row.pk}"


def _between(caller: Caller, first: date, last: date) -> QuerySet[Secret]:
    return _after(caller, _start(first)).filter(rotation_due__lt=_start(last))


def _after(caller: Caller, start: datetime) -> QuerySet[Secret]:
    here = {"account": caller.account, "region": caller.region}
    rows = Secret.objects.filter(**here, rotation_due__gte=start, deletion_date__isnull=True)
    return rows.only("name", "rotation_due", "next_rotation").order_by("rotation_due", "pk")


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _following(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def _sound(month: date) -> date:
    if not FIRST_YEAR <= month.year <= LAST_YEAR:
        raise Http404
    return month
