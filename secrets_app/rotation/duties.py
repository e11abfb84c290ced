"""What the worker sees to: that rotations begin when they are due, and that none is forgotten.

The attempts themselves are in the queue, for they may take minutes (`queue`).
"""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.db.transaction import atomic
from django.utils import timezone

from keys import due
from keys.own_accord import caller
from secrets_app import own_accord, replicas
from secrets_app.models import Secret
from secrets_app.rotation import attempts, beginning, plan, queue
from secrets_app.rotation.models import Rotation, State
from secrets_app.sealing import VIA
from secrets_app.values import Values
from service.duty import Duty
from service.ids import uuid4

SECONDS = 10.0
FORGOTTEN = timedelta(minutes=1)  # after its time, with nothing in the queue that anyone took
KEPT = 100  # rotations of a secret that are remembered


def begin_due_rotations() -> int:
    """Begin every rotation that is due; return how many."""
    return due.do_each(_due, "rotation_due", lambda _: _begin)


def take_up_forgotten_rotations() -> int:
    """Put those back into the queue whose worker died, or whose place there was lost."""
    now = timezone.now()
    going_on = Rotation.objects.filter(finished__isnull=True)
    orphaned = going_on.filter(state=State.RUNNING, claimed_until__lte=now)
    waiting = going_on.filter(state=State.WAITING, next_attempt__lte=now - FORGOTTEN)
    return sum(_take_up(each, now) for each in [*orphaned, *waiting])


def forget_old_rotations() -> None:
    """Keep the newest of each secret."""
    newest = Rotation.objects.filter(secret=OuterRef("secret")).order_by("-id")
    last_kept = newest.values("id")[KEPT - 1 : KEPT]
    Rotation.objects.filter(finished__isnull=False, id__lt=last_kept).delete()


def _due(now: datetime) -> QuerySet[Secret]:
    going_on = Rotation.objects.filter(secret=OuterRef("pk"), finished__isnull=True)
    rows = Secret.objects.filter(rotation_due__lte=now, deletion_date__isnull=True)
    return rows.exclude(Exists(going_on))


def _begin(row: Secret, now: datetime) -> None:
    """In its window; one that was missed, though it was set, is left for the next."""
    missed = row.rotation_duration and row.next_rotation is not None and now >= row.next_rotation
    if missed:
        plan.set_again(row, now)
        reason = "No worker ran while the rotation window was open."
        own_accord.record(row, "RotationFailed", now, reason=reason)
    else:
        beginning.scheduled(row, uuid4(), now)
    row.changed = now
    row.save(update_fields=["changed", *plan.COLUMNS])
    own = caller(row.account, row.region, now, due.DOOR, VIA)
    replicas.follow(Values(own), row, now)


def _take_up(rotation: Rotation, now: datetime) -> bool:
    """Whether it was done here: of many workers one does it."""
    as_it_was = Rotation.objects.filter(
        pk=rotation.pk,
        claim=rotation.claim,
        next_attempt=rotation.next_attempt,
        finished__isnull=True,
    )
    free = {"state": State.WAITING, "claim": "", "claimed_until": None, "next_attempt": now}
    with atomic():
        if not as_it_was.update(**free):
            return False
        attempts.put(rotation)
    return True


DUTIES = (
    Duty("rotation: begin what is due", SECONDS, begin_due_rotations),
    Duty("rotation: take up what was forgotten", SECONDS, take_up_forgotten_rotations),
    Duty("rotation: forget what is old", 3600.0, forget_old_rotations),
    Duty("rotation: clear the queue", 3600.0, queue.clear),
)
