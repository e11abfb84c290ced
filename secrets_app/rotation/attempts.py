"""Attempts at a rotation, each by one worker: its steps in order, once more where one failed.

A worker claims the rotation for as long as a step may take, and says so again before each.
If it dies, the claim ends and another goes on with the same step: what a function does, it
can do again. Nothing of this is a call of somebody: what functions call is recorded as
theirs, and what became of the rotation as the service's own.
"""

import logging
import threading
from collections.abc import Sequence
from dataclasses import field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.db.transaction import atomic
from django.utils import timezone
from django_tasks import task

from audit.events import where
from secrets_app.rotation import functions, invoking, outcome, tokens
from secrets_app.rotation.event import StepEvent, StepFailed
from secrets_app.rotation.functions import Function
from secrets_app.rotation.models import Rotation, State, Step
from service.ids import uuid4
from service.value import value

logger = logging.getLogger("strongroom.rotation")

QUEUE = "rotation"
MARGIN = timedelta(seconds=60)  # that a claim outlives the time a step may take
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30))
MOST_ATTEMPTS = len(WAITS) + 1

ending = threading.Event()  # set when this process is to end: the step at hand is the last


@value
class Attempt:
    """What a worker holds while it makes one."""

    rotation: Rotation
    claim: str
    token: str = field(repr=False)

    @property
    def steps(self) -> Sequence[Step]:
        if self.rotation.is_test:
            return (Step.TEST,)
        order = list(Step)
        return order[order.index(Step(self.rotation.step)) :]

    def event(self, step: Step) -> StepEvent:
        return StepEvent(self.rotation.secret.arn, self.rotation.version_id, step, self.token)


def put(rotation: Rotation, after: datetime | None = None) -> None:
    """Have an attempt made, in the transaction of what wants it; `after`: not before then."""
    make.using(run_after=after).enqueue(rotation.pk)


def hasten(rotation: Rotation, time: datetime) -> None:
    """Have the next attempt of one that waits be made now."""
    if Rotation.objects.filter(pk=rotation.pk, claim="").update(next_attempt=time):
        put(rotation)


@task(queue_name=QUEUE)
def make(rotation: int) -> None:
    """Make an attempt, if it is its time and no other worker does.

    Raises nothing: what the queue keeps of an exception is for everybody who may read it.
    """
    try:
        attempt = _claimed(rotation)
        if attempt is not None:
            _make(attempt)
    except Exception as error:
        logger.error("rotation %d was left as it is: %s", rotation, where(error))


def _make(attempt: Attempt) -> None:
    try:
        for step in attempt.steps:
            if ending.is_set():
                return _let_go(attempt, step)
            function = _function(attempt.rotation)
            if not _hold(attempt, step, function):
                return None
            invoking.invoke(function, attempt.event(step))
        outcome.succeed(attempt.rotation.pk, attempt.claim)
    except StepFailed as error:
        _failed(attempt, f"{step}: {error}")
    except Exception as error:
        logger.error("rotation %d failed: %s", attempt.rotation.pk, where(error))
        _failed(attempt, "The rotation function broke down. The worker's log says where.")


def _claimed(pk: int) -> Attempt | None:
    """The rotation, for this worker alone; None if it is not to be had."""
    now = timezone.now()
    free = Q(claim="") | Q(claimed_until__lte=now)
    with atomic():
        rows = Rotation.objects.select_related("secret").select_for_update(of=("self",))
        rotation = rows.filter(free, pk=pk, finished__isnull=True, next_attempt__lte=now).first()
        if rotation is None:
            return None
        token = tokens.new()
        rotation.claim = uuid4()
        rotation.claimed_until = now + MARGIN  # each step makes it longer
        rotation.state = State.RUNNING
        rotation.attempts += 1
        rotation.token = tokens.digest(token)
        rotation.save()
    attempt = Attempt(rotation, rotation.claim, token)
    problem = _hindrance(rotation, now)
    if problem:
        _failed(attempt, problem, is_final=rotation.secret.deletion_date is not None)
        return None
    return attempt


def _hindrance(rotation: Rotation, now: datetime) -> str:
    """What keeps an attempt from being made at all; empty if nothing does."""
    if rotation.secret.deletion_date is not None:
        return "The secret is scheduled for deletion."
    if rotation.until is not None and now > rotation.until:
        return "The rotation window was over."
    return ""


def _function(rotation: Rotation) -> Function:
    """As it is now: who changes or removes it changes the next step. Raises StepFailed."""
    secret = rotation.secret
    found = functions.find(secret.account, secret.region, rotation.function)
    if found is None:
        raise StepFailed(f"There is no rotation function {rotation.function}.")
    return found


def _hold(attempt: Attempt, step: Step, function: Function) -> bool:
    """Claim it for one more step, which is noted; False if it was cancelled or taken over."""
    until = timezone.now() + timedelta(seconds=function.timeout) + MARGIN
    return bool(_mine(attempt).update(step=step, claimed_until=until))


def _let_go(attempt: Attempt, step: Step) -> None:
    """Leave the rest, from `step` on, to another worker, at once."""
    with atomic():
        if _mine(attempt).update(state=State.WAITING, step=step, claim="", claimed_until=None):
            put(attempt.rotation)


def _failed(attempt: Attempt, problem: str, *, is_final: bool = False) -> None:
    """Try again in a while, from the first step on; or give it up."""
    rotation, now = attempt.rotation, timezone.now()
    logger.warning("rotation %d of %s: %s", rotation.pk, rotation.secret.arn, problem)
    again = None if is_final else _next_attempt(rotation, now)
    if again is None:
        outcome.fail(rotation.pk, attempt.claim, problem)
        return
    with atomic():
        waits = {"state": State.WAITING, "step": Step.CREATE, "claim": "", "claimed_until": None}
        if _mine(attempt).update(**waits, next_attempt=again, problem=problem):
            put(rotation, again)


def _next_attempt(rotation: Rotation, now: datetime) -> datetime | None:
    """When it is tried again; None if it is not."""
    if rotation.is_test or rotation.attempts >= MOST_ATTEMPTS:
        return None
    again = now + WAITS[rotation.attempts - 1]
    return None if rotation.until is not None and again >= rotation.until else again


def _mine(attempt: Attempt) -> QuerySet[Rotation]:
    return Rotation.objects.filter(
        pk=attempt.rotation.pk, claim=attempt.claim, finished__isnull=True
    )
