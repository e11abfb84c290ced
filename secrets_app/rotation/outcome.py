"""What becomes of a rotation: it is noted with the secret, recorded, and told."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone

from audit import trail
from iam import revision
from keys.own_accord import caller
from secrets_app import lookup, own_accord, replicas, stages
from secrets_app.lookup import CURRENT, PENDING
from secrets_app.models import Secret
from secrets_app.rotation import plan
from secrets_app.rotation.event import StepFailed
from secrets_app.rotation.models import Rotation, State
from secrets_app.sealing import VIA
from secrets_app.values import Values

DOOR = "worker"


class _NotOurs(Exception):
    """It was cancelled, or another worker has taken it over."""


def succeed(pk: int, claim: str) -> None:
    """All steps are done. Raises StepFailed where the new version is not the current one."""
    with _claimed(pk, claim) as (rotation, row, now):
        if rotation.is_test:
            _forget_test(rotation, row)
        else:
            _require_current(rotation, row)
            row.last_rotated = now
            plan.set_next(row, now, now)
        _end(rotation, State.SUCCEEDED, now)
        _record(rotation, row, "Succeeded", now)


def fail(pk: int, claim: str, problem: str) -> None:
    """Give it up. What it left, AWSPENDING above all, stays for somebody to look at."""
    with _claimed(pk, claim) as (rotation, row, now):
        if rotation.is_test:
            _forget_test(rotation, row)
        else:
            plan.set_again(row, now)
        _end(rotation, State.FAILED, now, problem)
        _record(rotation, row, "Failed", now, reason=problem)


def cancel(rotation: Rotation, row: Secret, now: datetime, door: str) -> None:
    """In the transaction of the call that cancels it, by whom it is recorded."""
    if rotation.is_test:
        _forget_test(rotation, row)
    _end(rotation, State.CANCELLED, now)
    own_accord.record(row, "RotationAbandoned", now, door, secretVersionId=rotation.version_id)


@contextmanager
def _claimed(pk: int, claim: str) -> Iterator[tuple[Rotation, Secret, datetime]]:
    """The rotation and its secret, locked, while the claim holds; without it nothing is done."""
    try:
        with trail.transaction():
            revision.move_on()
            now = timezone.now()
            rows = Rotation.objects.filter(pk=pk, claim=claim, finished__isnull=True)
            found = rows.first()
            if found is None:
                raise _NotOurs
            row = Secret.objects.select_for_update(of=("self",)).get(pk=found.secret_id)
            rotation = rows.select_for_update(of=("self",)).first()
            if rotation is None:
                raise _NotOurs
            yield rotation, row, now
            row.changed = now
            row.save(update_fields=["changed", "last_rotated", *plan.COLUMNS])
            own = caller(row.account, row.region, now, DOOR, VIA)
            replicas.follow(Values(own), row, now)
    except _NotOurs:
        revision.undone()
    except StepFailed:
        revision.undone()
        raise


def _require_current(rotation: Rotation, row: Secret) -> None:
    current = lookup.stages_of(row).get(CURRENT)
    if current is None or current.version_id != rotation.version_id:
        raise StepFailed(
            "The function ended its last step, but the new version is not labelled AWSCURRENT."
        )


def _forget_test(rotation: Rotation, row: Secret) -> None:
    """Take the version that a test made away again, unless somebody has labelled it otherwise."""
    version = row.versions.filter(version_id=rotation.version_id).defer("sealed").first()
    if version is None or stages.labels_of(row, version) not in ((PENDING,), ()):
        return
    version.delete()


def _end(rotation: Rotation, state: State, now: datetime, problem: str = "") -> None:
    rotation.state, rotation.finished, rotation.problem = state, now, problem
    rotation.step = "" if state is State.SUCCEEDED else rotation.step
    rotation.next_attempt = rotation.claimed_until = None
    rotation.claim = rotation.token = ""
    rotation.save()


def _record(rotation: Rotation, row: Secret, what: str, now: datetime, **details: str) -> None:
    name = f"TestRotation{what}" if rotation.is_test else f"Rotation{what}"
    own_accord.record(row, name, now, secretVersionId=rotation.version_id, **details)
