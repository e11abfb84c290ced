"""When a secret is rotated: from its rules to the windows in which that may happen. All in UTC.

A rule is a number of days, `rate(N hours)`, `rate(N days)`, or `cron(…)` of AWS's six fields.
A window begins where the rule says, and ends after its Duration; without one, after an hour
where the rule counts hours, and with the day otherwise.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
"""

import random
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

from croniter import CroniterError, croniter

from secrets_app.errors import InvalidParameter
from secrets_app.models import Secret
from service.value import value

A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)
MOST_OFTEN = timedelta(hours=4)
MOST_DAYS, MOST_HOURS = 1000, 24 * 1000
LOOKED_AT = 60  # windows of a cron expression, to tell whether they follow too closely
FIRST_DAY = datetime(1970, 1, 1, tzinfo=UTC)
_RATE = re.compile(r"rate\(\s*([1-9][0-9]{0,4})\s+(hour|day)s?\s*\)")
_CRON = re.compile(r"cron\(([^()]*)\)")
_DURATION = re.compile(r"([1-9][0-9]?)h")


@value
class Window:
    """From `start` until `end`, which belongs to it no more."""

    start: datetime
    end: datetime

    def moment(self) -> datetime:
        """Some moment of its first half: what fails can be tried again within the window."""
        half = (self.end - self.start).total_seconds() / 2
        return self.start + timedelta(seconds=random.uniform(0, half))  # noqa: S311 - no secret


class Schedule(ABC):
    """A rule with its Duration, in hours; None: the rule's own."""

    def __init__(self, duration: int | None) -> None:
        self.duration = duration

    @abstractmethod
    def starts(self, since: datetime, after: datetime) -> Iterator[datetime]:
        """When windows begin, in order: of those that follow a rotation at `since`, the ones
        which may not have ended at `after`."""

    @property
    @abstractmethod
    def counts_hours(self) -> bool:
        """Whether a window lasts an hour, unless it has a Duration."""

    def windows(self, since: datetime, after: datetime) -> Iterator[Window]:
        """The windows that follow a rotation at `since` and have not ended at `after`."""
        for start in self.starts(since, after):
            window = Window(start, self._end(start))
            if window.end > after:
                yield window

    def _end(self, start: datetime) -> datetime:
        """A window ends with its day at the latest."""
        hours = self.duration or (1 if self.counts_hours else 24)
        return min(start + hours * AN_HOUR, midnight(start) + A_DAY)


class EveryDays(Schedule):
    """So many days after the last rotation, whichever way that came about."""

    counts_hours = False

    def __init__(self, days: int, duration: int | None) -> None:
        super().__init__(duration)
        self.days = days

    def starts(self, since: datetime, after: datetime) -> Iterator[datetime]:
        start, step = midnight(since) + self.days * A_DAY, self.days * A_DAY
        while True:
            yield start
            start += step


class EveryHours(Schedule):
    """Every so many hours, counted from a midnight long ago, so that it is the same for all."""

    counts_hours = True

    def __init__(self, hours: int, duration: int | None) -> None:
        super().__init__(duration)
        self.hours = hours

    def starts(self, since: datetime, after: datetime) -> Iterator[datetime]:
        step = self.hours * AN_HOUR
        start = FIRST_DAY + (after - FIRST_DAY) // step * step
        while True:
            if start > since:
                yield start
            start += step


class Cron(Schedule):
    """When a cron expression says. `fields` are croniter's five."""

    def __init__(self, fields: str, duration: int | None) -> None:
        super().__init__(duration)
        self.fields = fields

    @property
    def counts_hours(self) -> bool:
        return not self.fields.split()[1].isdigit()

    def starts(self, since: datetime, after: datetime) -> Iterator[datetime]:
        try:
            found = croniter(self.fields, max(since, after - A_DAY), max_years_between_matches=8)
            while True:
                yield found.get_next(datetime)
        except CroniterError:  # no day of the next years is like that
            return


def parse(days: int | None, expression: str, duration: str) -> Schedule:
    """The schedule of RotationRules. Raises InvalidParameter with what is wrong with them.

    It looks through the coming years, which takes some milliseconds.
    """
    if bool(expression) == (days is not None):
        raise InvalidParameter(
            "You must specify either AutomaticallyAfterDays or ScheduleExpression, and not both."
        )
    found = _read(days, expression, duration)
    _require_room(found)
    return found


def of_secret(row: Secret) -> Schedule | None:
    """The schedule by which a secret rotates; None if it rotates only when it is told to."""
    expression = row.rotation_schedule
    days = None if expression else row.rotation_days
    if not row.rotation_enabled or (days is None and not expression):
        return None
    return _read(days, expression, row.rotation_duration)


def midnight(time: datetime) -> datetime:
    """The one before."""
    return time.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _read(days: int | None, expression: str, duration: str) -> Schedule:
    hours = _hours(duration)
    if days is not None:
        return EveryDays(days, hours)
    return _rate(expression, hours) or _cron(expression, hours)


def _hours(duration: str) -> int | None:
    if not duration:
        return None
    found = _DURATION.fullmatch(duration)
    if found is None or int(found[1]) > 24:
        raise InvalidParameter("The Duration must be between 1h and 24h.")
    return int(found[1])


def _rate(expression: str, duration: int | None) -> Schedule | None:
    found = _RATE.fullmatch(expression)
    if found is None:
        return None
    number = int(found[1])
    if found[2] == "day":
        if number > MOST_DAYS:
            raise _wrong(f"the interval may have {MOST_DAYS} days.")
        return EveryDays(number, duration)
    if not 4 <= number <= MOST_HOURS:
        raise _wrong("a secret is rotated every four hours at most.")
    return EveryHours(number, duration)


def _cron(expression: str, duration: int | None) -> Schedule:
    """AWS's fields as croniter takes them: minutes, hours, day, month, day of the week."""
    found = _CRON.fullmatch(expression)
    fields = found[1].split() if found else []
    if len(fields) != 6:
        raise _wrong("it has to be rate(VALUE UNIT), or cron() of six fields.")
    minutes, hours, day, month, weekday, year = fields
    if minutes != "0" or year != "*":
        raise _wrong("the minutes have to be 0, and the year *.")
    if (day == "?") == (weekday == "?"):
        raise _wrong("either the day of the month or the day of the week has to be ?.")
    own = [_steps(hours, 0, 23), _steps(day, 1, 31), _steps(month, 1, 12), _weekday(weekday)]
    return Cron(" ".join(["0", *own]).replace("?", "*"), duration)


def _steps(field: str, first: int, last: int) -> str:
    """AWS's `3/4` goes on to the end, and `/4` begins where the field does; croniter is told."""
    begun = re.sub(r"(^|,)/", rf"\g<1>{first}-{last}/", field)
    return re.sub(r"(?<![-0-9*/])(\d+)/", rf"\1-{last}/", begun)


def _weekday(field: str) -> str:
    """AWS counts from 1, which is Sunday, croniter from 0; AWS's `6L`, the last Friday, is L5."""
    counted = re.sub(r"(?<![#/0-9])[1-7]", lambda each: str(int(each[0]) - 1), _steps(field, 1, 7))
    return re.sub(r"([0-6])L", r"L\1", "6" if counted == "L" else counted)


def _require_room(schedule: Schedule) -> None:
    """Raise InvalidParameter where windows overlap, go beyond their day or come too often."""
    starts = list(islice(schedule.starts(FIRST_DAY, FIRST_DAY + A_DAY), LOOKED_AT))
    if not starts:
        raise _wrong("there is no such time.")
    duration = (schedule.duration or 0) * AN_HOUR
    for start, following in pairwise(starts):
        if following - start < MOST_OFTEN:
            raise _wrong("a secret is rotated every four hours at most.")
        crosses = start + duration > midnight(start) + A_DAY
        if crosses and not isinstance(schedule, EveryHours):
            raise InvalidParameter("The rotation window must not extend into the next UTC day.")
        if start + duration > following:
            raise InvalidParameter(
                "The rotation window must not extend into the next rotation window."
            )


def _wrong(why: str) -> InvalidParameter:
    return InvalidParameter(f"The ScheduleExpression is not valid: {why}")
