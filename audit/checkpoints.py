"""Checkpoints: signed statements that bind the heads of all chains.

They are numbered without gaps and each names the one before, so the newest vouches for
all. A copy of the newest is kept outside the database, where only one that descends from
it ever replaces it: a database that was rolled back cannot hide behind a new checkpoint.

A chain whose writer is gone is closed by a checkpoint: from then on not one record may
follow in it, and neither checkpoints nor searches have to look at it again.
"""

import logging
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.db import IntegrityError, connection
from django.db.transaction import atomic, on_commit
from django.utils import timezone

from audit import chain as chains
from audit import heads, outside, signing
from audit.digests import checkpoint_digest
from audit.events import where
from audit.models import Chain, Checkpoint, Event
from audit.places import Head, record_id
from audit.statement import Malformed, Statement, from_document, to_document

EVERY = 60.0  # seconds
UNUSED = timedelta(hours=24)  # longer than a process waits before it leaves a chain

logger = logging.getLogger("strongroom.audit")
_next_look = 0.0


def make_if_due() -> None:
    """After a commit: make a checkpoint if the last is a minute old. Cheap, and never raises."""
    global _next_look
    if time.monotonic() < _next_look or connection.in_atomic_block:
        return
    _next_look = time.monotonic() + EVERY
    try:
        if _is_due():
            make()
    except Exception as error:
        logger.error("could not make a checkpoint: %s", where(error))


def make() -> Checkpoint | None:
    """Sign where every open chain stands; None if nothing has moved since the last checkpoint.

    Processes may do so at the same time: one makes it. Raises signing.SigningKeyMissing.
    """
    try:
        with atomic():
            return _make()
    except IntegrityError:
        return None


def latest() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-number").first()


def kept_outside() -> Path:
    """Where the newest checkpoint's copy is."""
    return outside.directory() / "checkpoint"


def _is_due() -> bool:
    last = _said_by(latest())
    if last is None:
        return True
    age = timezone.now() - last.time
    return abs(age.total_seconds()) > EVERY  # a time to come is no reason to wait for it


def _make() -> Checkpoint | None:
    last = latest()
    before = _said_by(last)
    standing = {
        row: chains.head_of(row) for row in Chain.objects.filter(closed=None).order_by("id")
    }
    done = tuple(row.id for row, head in standing.items() if _is_finished(row, head))
    stated = tuple((row.id, head.sequence, head.digest.hex()) for row, head in standing.items())
    if before is not None and before.heads == stated and not done:
        return None
    statement = Statement(
        number=last.number + 1 if last else 1,
        time=timezone.now(),
        previous=checkpoint_digest(bytes(last.body)).hex() if last else "",
        heads=stated,
        closed=done,
        chains=chains.last_number(),
    )
    return _save(statement)


def _said_by(checkpoint: Checkpoint | None) -> Statement | None:
    """A checkpoint that was tampered with says nothing, and keeps none from being made."""
    with suppress(Malformed):
        return Statement.read(bytes(checkpoint.body)) if checkpoint else None
    return None


def _save(statement: Statement) -> Checkpoint:
    body = statement.body()
    made = Checkpoint.objects.create(
        number=statement.number, body=body, signature=signing.sign(body)
    )
    Chain.objects.filter(id__in=statement.closed).update(closed=statement.number)
    on_commit(lambda: _carry_outside(made, statement.closed))
    return made


def _is_finished(row: Chain, head: Head) -> bool:
    """Whether nobody writes the chain any more, all of it is known to searches, and it is whole.

    One that does not end as its writer left it stays open, for `audit_verify` to find.
    """
    if row.indexed < record_id(row.id, head.sequence):
        return False
    if not heads.is_left(row.id) and not _is_unused(row, head):
        return False
    try:
        bounds = heads.read(row.id)
    except heads.Unreadable:
        return False
    return bounds is None or bounds.allow(head)


def _is_unused(row: Chain, head: Head) -> bool:
    """Whether the last record is so old that even a writer elsewhere would begin another chain."""
    times = Event.objects.filter(record=record_id(row.id, head.sequence)).values_list(
        "time", flat=True
    )
    last_use = times.first() if head.sequence else row.started
    return last_use is not None and timezone.now() - last_use > UNUSED


def _carry_outside(made: Checkpoint, closed: Iterable[int]) -> None:
    signing.export()
    if not _descends_from_copy(made):
        logger.error("the checkpoint outside the database is not among those in it")
        return
    outside.replace(kept_outside(), to_document(made))
    for chain in closed:
        heads.remove(chain)


def _descends_from_copy(made: Checkpoint) -> bool:
    try:
        copy = from_document(kept_outside().read_bytes())
    except FileNotFoundError:
        return True
    except Malformed:
        return False
    return Checkpoint.objects.filter(number=copy.number, body=copy.body).exists()
