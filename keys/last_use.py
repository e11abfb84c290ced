"""When each key was last used, and for what. A call takes note in memory and waits for nothing.

Within a second a thread of the process writes what was noted of a key for the first time;
from then on at most once a minute, and what it writes is the last use so far. It writes for
many keys at a time. A process that is killed takes the notes of its last minute with it:
what was done is in the trail.
"""

import logging
import os
import threading
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache, partial
from types import MappingProxyType

from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.transaction import atomic

from audit.events import where
from keys.models import Key, KeyUse
from service.caller import Caller
from service.operation import Call
from service.value import value

NOTE_EVERY = 60.0  # seconds between two notes of one key's use by one process
WRITE_EVERY = 1.0  # seconds between two looks at what is to be written
MOST_AT_ONCE = 250  # keys in a transaction

GUARDED = frozenset({"kms:DisableKey", "kms:ScheduleKeyDeletion"})
# by action, the operation (AWS's KeyLastUsageTrackingOperation) that it is a part of
TRACKED: Mapping[str, str] = MappingProxyType(
    {
        **{
            f"kms:{operation}": operation
            for operation in (
                "Decapsulate",
                "Decrypt",
                "DeriveSharedSecret",
                "Encapsulate",
                "Encrypt",
                "GenerateDataKey",
                "GenerateDataKeyPair",
                "GenerateDataKeyPairWithoutPlaintext",
                "GenerateDataKeyWithoutPlaintext",
                "GenerateMac",
                "Sign",
                "Verify",
                "VerifyMac",
            )
        },
        "kms:ReEncryptFrom": "ReEncrypt",
        "kms:ReEncryptTo": "ReEncrypt",
    }
)

logger = logging.getLogger("strongroom.keys")


@value
class Use:
    """A successful cryptographic operation; the ids are its record's and its request's."""

    operation: str
    time: datetime
    event_id: str
    request_id: str


class _Page:
    """What is noted of one key. `due`: not written before then, by the monotonic clock."""

    __slots__ = ("due", "is_new", "use")

    def __init__(self, use: Use) -> None:
        self.use = use
        self.is_new = True
        self.due = 0.0


class Notebook:
    """The notes of a process, by the ARNs of keys."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: dict[str, _Page] = {}
        self._writer: threading.Thread | None = None

    def note(self, arn: str, use: Use) -> None:
        with self._lock:
            page = self._pages.get(arn)
            if page is None:
                self._pages[arn] = _Page(use)
            elif use.time >= page.use.time:
                page.use, page.is_new = use, True
            if self._writer is None:
                self._wake()

    def latest(self, arn: str) -> Use | None:
        """The last use that this process knows of."""
        page = self._pages.get(arn)
        return page.use if page else None

    def write(self) -> None:
        """Write what is due, and forget what was not used since it was written."""
        now = time.monotonic()
        with self._lock:
            due = {arn: page for arn, page in self._pages.items() if page.due <= now}
            uses = {arn: page.use for arn, page in due.items() if page.is_new}
            for arn, page in due.items():
                page.is_new, page.due = False, now + NOTE_EVERY
                if arn not in uses:
                    del self._pages[arn]
        for some in _batches(uses, MOST_AT_ONCE):
            if not _written(some):
                self._keep(some)

    def _keep(self, uses: Mapping[str, Use]) -> None:
        """Try again in a minute."""
        with self._lock:
            for page in (self._pages.get(arn) for arn in uses):
                if page is not None:
                    page.is_new = True

    def _wake(self) -> None:
        self._writer = threading.Thread(target=self._write_on, name="uses", daemon=True)
        self._writer.start()

    def _write_on(self) -> None:
        try:
            while self._goes_on():
                time.sleep(WRITE_EVERY)
                self.write()
                connection.close_if_unusable_or_obsolete()
        finally:
            connection.close()
            with self._lock:
                if self._writer is threading.current_thread():
                    self._writer = None

    def _goes_on(self) -> bool:
        with self._lock:
            if not self._pages:
                self._writer = None
            return bool(self._pages)


notebook = Notebook()


def watch(call: Call, action: str, arn: str) -> None:
    """Note the call as a use of the key, if it is one and once it has succeeded."""
    if action in TRACKED:
        call.afterwards.append(partial(_note, call.caller, TRACKED[action], arn))


def of(key: Key) -> Use | None:
    """The key's last use: as it is stored, or as this process knows better."""
    row = KeyUse.objects.filter(key=key.pk).first()
    found = [Use(row.operation, row.time, row.event_id, row.request_id)] if row else []
    if known := notebook.latest(key.arn):
        found.append(known)
    return max(found, key=lambda use: use.time, default=None)


def watched_since(key: Key) -> datetime:
    """Since when uses of the key are noted: from its beginning, if it is not older than that."""
    return max(key.created, _began() or key.created)


def days_without(key: Key, now: datetime) -> int:
    """kms:TrailingDaysWithoutKeyUsage: whole days since the key's last use."""
    use = of(key)
    return (now - (use.time if use else watched_since(key))).days


@cache
def _began() -> datetime | None:
    """When the database got the table in which uses are noted."""
    applied = MigrationRecorder.Migration.objects.filter(app="keys", name="0002_every_kind_of_key")
    return applied.values_list("applied", flat=True).first()


def _note(caller: Caller, operation: str, arn: str, event_id: str) -> None:
    notebook.note(arn, Use(operation, caller.time, event_id, caller.request_id))


def _batches(uses: Mapping[str, Use], most: int) -> Iterable[Mapping[str, Use]]:
    arns = sorted(uses)
    for start in range(0, len(arns), most):
        yield {arn: uses[arn] for arn in arns[start : start + most]}


def _written(uses: Mapping[str, Use]) -> bool:
    """Whether the uses, the later of each key's, could be written."""
    try:
        with atomic():
            _write(uses)
    except (DatabaseError, OSError) as error:  # locked, or the disk is full
        logger.warning("the use of %d keys was not noted: %s", len(uses), where(error))
        return False
    return True


def _write(uses: Mapping[str, Use]) -> None:
    """No change in the sense of `iam.revision`: no decision is remembered that rests on it."""
    ids = {arn.rpartition("/")[2] for arn in uses}
    rows = Key.objects.filter(key_id__in=ids).only("region", "account", "key_id")
    there = {row.pk: uses[row.arn] for row in rows if row.arn in uses}
    KeyUse.objects.bulk_create(
        [KeyUse(key_id=pk, **_columns(use)) for pk, use in sorted(there.items())],
        ignore_conflicts=True,
    )
    for pk, use in sorted(there.items()):
        KeyUse.objects.filter(key=pk, time__lt=use.time).update(**_columns(use))


def _columns(use: Use) -> dict[str, object]:
    return {
        "operation": use.operation,
        "time": use.time,
        "event_id": use.event_id,
        "request_id": use.request_id,
    }


def forget() -> None:
    """Drop what is noted: a child has nothing of its parent's notes, nor its thread."""
    global notebook
    notebook = Notebook()


os.register_at_fork(after_in_child=forget)
