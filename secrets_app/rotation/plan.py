"""A secret's next rotation, as its row has it."""

import math
from datetime import datetime

from secrets_app.models import Secret
from secrets_app.rotation import schedule
from secrets_app.rotation.schedule import A_DAY, EveryDays, Window

COLUMNS = ("rotation_due", "next_rotation", "rotation_days")


def set_next(row: Secret, since: datetime, now: datetime) -> None:
    """Have the next rotation follow one at `since`. The caller saves COLUMNS."""
    rule = schedule.of_secret(row)
    window = None if rule is None else next(rule.windows(since, now), None)
    _set(row, window)
    if window is not None and row.rotation_schedule:  # AWS tells how many days it comes to
        row.rotation_days = max(1, math.ceil((window.start - since) / A_DAY))


def set_again(row: Secret, now: datetime) -> None:
    """After one that failed: in the next window, but on the next day where days are counted."""
    rule = schedule.of_secret(row)
    if isinstance(rule, EveryDays):
        rule = EveryDays(1, rule.duration)
    _set(row, None if rule is None else next(rule.windows(now, now), None))


def changed_by_hand(row: Secret, time: datetime) -> None:
    """A value that somebody put counts as a rotation, where days are counted from the last."""
    if isinstance(schedule.of_secret(row), EveryDays):
        set_next(row, time, time)
        row.save(update_fields=COLUMNS)


def _set(row: Secret, window: Window | None) -> None:
    row.rotation_due = None if window is None else window.moment()
    row.next_rotation = None if window is None else window.end
