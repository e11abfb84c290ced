"""What the worker does to parameters: what their policies say, when it is due.

Each thing is a transaction of its own with its record: see `keys.due`.
"""

from datetime import datetime

from django.db.models import Q, QuerySet

from keys import due
from params import own_accord
from params.models import Parameter
from service.duty import Duty

SECONDS = 10.0


def notify_of_due_policies() -> int:
    """Tell what policies want told by now; return of how many parameters."""
    return due.do_each(_notifying, "next_notice", lambda _: _notify)


def delete_expired_parameters() -> int:
    """Delete every parameter that has expired; return how many."""
    return due.do_each(_expired, "expires", lambda _: _expire)


def _notifying(now: datetime) -> QuerySet[Parameter]:
    there = Q(expires__isnull=True) | Q(expires__gt=now)
    return Parameter.objects.filter(there, next_notice__lte=now)


def _expired(now: datetime) -> QuerySet[Parameter]:
    return Parameter.objects.filter(expires__lte=now)


def _notify(row: Parameter, now: datetime) -> None:
    own_accord.notify(row, now, due.DOOR)


def _expire(row: Parameter, now: datetime) -> None:
    own_accord.expire(row, now, due.DOOR)


DUTIES = (
    Duty("parameters: notify of policies that are due", SECONDS, notify_of_due_policies),
    Duty("parameters: delete those that have expired", SECONDS, delete_expired_parameters),
)
