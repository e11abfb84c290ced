"""What the worker does to secrets: deletes those that are due, and versions nobody can want.

Each thing is a transaction of its own with its records. It begins with the revision's move,
where changes wait for each other, and looks again whether the thing is due: so of many
workers one does it, and after a kill another does.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from audit import trail
from audit.events import where
from iam import revision
from secrets_app import deletion, lookup, versions
from secrets_app.models import Secret, SecretVersion
from service.duty import Duty
from service.errors import Unavailable

logger = logging.getLogger("strongroom.worker")

Do = Callable[[Secret, datetime], bool]


class _NotDue(Exception):
    """Another worker has done it, or it is not due any more."""


def delete_due_secrets() -> int:
    """Delete every secret that is due, each with a record of its own; return how many."""
    rows = Secret.objects.filter(deletion_date__lte=timezone.now())
    return _each(rows.order_by("deletion_date").values_list("pk", flat=True), _delete)


def drop_old_versions() -> int:
    """Drop the versions that nobody can want, secret by secret; return of how many secrets."""
    counted = SecretVersion.objects.order_by("secret").values("secret").annotate(n=Count("id"))
    many = counted.filter(n__gt=versions.MOST_VERSIONS)
    return _each(many.values_list("secret", flat=True), _drop)


def _each(due: Iterable[int], do: Do) -> int:
    return sum(_one(pk, do) for pk in list(due))


def _one(pk: int, do: Do) -> bool:
    """Whether it was done here. What fails is logged and left for the next time."""
    try:
        with trail.transaction():
            revision.move_on()
            now = timezone.now()
            rows = Secret.objects.select_for_update(skip_locked=True, of=("self",))
            row = rows.filter(pk=pk).first()
            if row is None or not do(row, now):
                raise _NotDue
    except Unavailable:  # nothing can be recorded, so nothing can be done
        raise
    except _NotDue:
        revision.undone()
        return False
    except Exception as error:
        logger.error("what is due for secret %s failed: %s", pk, where(error))
        return False
    return True


def _delete(row: Secret, now: datetime) -> bool:
    if not lookup.is_gone(row, now):
        return False
    deletion.delete_for_good(row, now)
    return True


def _drop(row: Secret, now: datetime) -> bool:
    return versions.drop_old(row, now) > 0


DUTIES = (
    Duty("delete secrets whose recovery window is over", 60.0, delete_due_secrets),
    Duty("drop old versions of secrets", 3600.0, drop_old_versions),
)
