"""Multi-Region keys: the rows of one key id, of which one is the primary.

What a family shares (material, rotation) is changed in one transaction for all of it, with
all of its rows locked. What is a key's own (policy, tags, description, state) is its own.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from keys.errors import UnsupportedOperation
from keys.models import Key, KeyState


def is_replica(key: Key) -> bool:
    return key.multi_region and key.region != key.primary_region


def is_primary(key: Key) -> bool:
    return key.multi_region and key.region == key.primary_region


def require_primary(key: Key) -> None:
    """Raise UnsupportedOperation, worded as AWS's, unless it is a multi-Region primary key."""
    if not is_primary(key):
        raise UnsupportedOperation(f"{key.arn} is not a multi-region primary key.")


def locked(key: Key) -> Sequence[Key]:
    """`key`, whose row is locked already, and its relatives, which are locked here."""
    return [key, *_relatives(key)] if key.multi_region else [key]


def has_replicas(key: Key, time: datetime) -> bool:
    """Whether a relative is there at `time`; one whose deletion is due is not."""
    is_gone = Q(deletion_date__lte=time)  # as `lookup.is_gone` has it
    return _of_id(key).exclude(pk=key.pk).exclude(is_gone).exists()


def primary_that_waits(key: Key) -> Key | None:
    """The row, locked, of a replica's primary that is to be deleted after its replicas."""
    waiting = KeyState.PENDING_REPLICA_DELETION
    rows = _of_id(key).filter(region=key.primary_region, state=waiting).exclude(pk=key.pk)
    return rows.select_for_update().first() if key.multi_region else None


def _relatives(key: Key) -> Sequence[Key]:
    return list(_of_id(key).exclude(pk=key.pk).select_for_update().order_by("region"))


def _of_id(key: Key) -> QuerySet[Key]:
    return Key.objects.filter(account=key.account, key_id=key.key_id)
