"""Out of the outbox: what is due is posted, by any number of workers.

A worker claims a delivery by moving its next attempt beyond the time that a post can take.
If it dies, the delivery is due again when that time has passed: so a notice is told at least
once, and twice only if a worker died between the receiver's answer and its own note of it.
"""

import logging
import time
from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.utils import timezone

from notices import configured, posting
from notices.models import Delivery, State
from notices.posting import Outcome
from service.value import value

logger = logging.getLogger("strongroom.worker")

CLAIM = timedelta(minutes=1)
WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
MOST_ATTEMPTS = len(WAITS) + 1
MOST_AGE = timedelta(days=5)
KEPT = timedelta(days=7)  # after the end
TURN = 5.0  # seconds that one receiver may take of a worker's time before the next one's turn
MOST_TRIED = 20  # deliveries that other workers may have claimed just now
SHORTEST_REST, LONGEST_REST = 5.0, 300.0  # seconds
BATCH = 1_000


@value
class _Rest:
    """A receiver that cannot take anything is left alone by this process for a while."""

    until: float = 0.0
    seconds: float = 0.0


_rests: dict[str, _Rest] = {}


def deliver_due() -> int:
    """Post what is due; return how many notices were taken."""
    return sum(_turn(url) for url in configured.urls() if not _rests_now(url))


def give_up_and_clear() -> None:
    """Give up what is too old or goes nowhere; delete what has ended some days ago."""
    now = timezone.now()
    waiting = Delivery.objects.filter(state=State.WAITING)
    _end_all(waiting.exclude(url__in=configured.urls()), now, "the URL is in the settings no more")
    _end_all(waiting.filter(created__lte=now - MOST_AGE), now, "too old")
    ended = Delivery.objects.filter(finished__lte=now - KEPT).order_by("finished")
    while pks := list(ended.values_list("pk", flat=True)[:BATCH]):
        Delivery.objects.filter(pk__in=pks).delete()


def forget() -> None:
    """Leave no receiver alone."""
    _rests.clear()


def _turn(url: str) -> int:
    taken, end = 0, time.monotonic() + TURN
    while time.monotonic() < end and (delivery := _claimed(url)):
        outcome = posting.post(delivery)
        _note(delivery, outcome)
        if outcome.is_ailing:
            _rest(url)
            break
        _rests.pop(url, None)
        taken += not outcome.problem
    return taken


def _claimed(url: str) -> Delivery | None:
    """The delivery that is due first, for this worker alone; None if there is none."""
    now = timezone.now()
    due = Delivery.objects.filter(state=State.WAITING, url=url, next_attempt__lte=now)
    for delivery in due.order_by("next_attempt", "pk")[:MOST_TRIED]:
        if _mine(delivery).update(next_attempt=now + CLAIM, attempts=F("attempts") + 1):
            delivery.attempts += 1
            return delivery
    return None


def _mine(delivery: Delivery) -> QuerySet[Delivery]:
    """The row, unless another worker has begun an attempt since it was read."""
    return Delivery.objects.filter(pk=delivery.pk, state=State.WAITING, attempts=delivery.attempts)


def _note(delivery: Delivery, outcome: Outcome) -> None:
    now = timezone.now()
    if not outcome.problem:
        rows = Delivery.objects.filter(pk=delivery.pk)
        rows.update(state=State.DELIVERED, finished=now, problem="")
        return
    told = (delivery.notice_id, posting.host(delivery.url), outcome.problem)
    if outcome.is_final or delivery.attempts >= MOST_ATTEMPTS:
        _mine(delivery).update(state=State.FAILED, finished=now, problem=outcome.problem)
        logger.error("notice %s for %s was given up: %s", *told)
        return
    again = now + WAITS[delivery.attempts - 1]
    _mine(delivery).update(next_attempt=again, problem=outcome.problem)
    logger.warning("notice %s for %s was not taken, and is tried again: %s", *told)


def _end_all(rows: QuerySet[Delivery], now: datetime, problem: str) -> None:
    count = rows.update(state=State.FAILED, finished=now, problem=problem)
    if count:
        logger.error("%d notices were given up: %s", count, problem)


def _rests_now(url: str) -> bool:
    rest = _rests.get(url)
    return rest is not None and time.monotonic() < rest.until


def _rest(url: str) -> None:
    before = _rests.get(url, _Rest()).seconds
    seconds = min(max(2 * before, SHORTEST_REST), LONGEST_REST)
    _rests[url] = _Rest(time.monotonic() + seconds, seconds)
