"""When each key was last used, and for what. A call takes note in memory and waits for nothing.

What is noted is written beside the calls (`service.notebook`). What a process takes with it
that is killed is in the trail.
"""

import logging
import os
from collections.abc import Mapping
from datetime import datetime
from functools import cache, partial
from types import MappingProxyType

from django.db import DatabaseError
from django.db.migrations.recorder import MigrationRecorder
from django.db.transaction import atomic

from audit.events import where
from keys.models import Key, KeyUse
from service.caller import Caller
from service.notebook import Notebook
from service.operation import Call
from service.value import value

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


class Uses(Notebook[str, Use]):
    """The notes of a process, by the ARNs of keys."""

    def replaces(self, known: Use, new: Use) -> bool:
        return new.time >= known.time

    def written(self, notes: Mapping[str, Use]) -> bool:
        try:
            with atomic():
                _write(notes)
        except (DatabaseError, OSError) as error:  # locked, or the disk is full
            logger.warning("the use of %d keys was not noted: %s", len(notes), where(error))
            return False
        return True


notebook = Uses()


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
    notebook = Uses()


os.register_at_fork(after_in_child=forget)
