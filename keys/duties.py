"""What the worker does to keys: rotates and deletes those that are due, removes expired material.

Each thing is a transaction of its own with its record. It begins with the revision's move,
where changes wait for each other, and looks again whether the thing is due: so of many
workers one does it, and after a kill another does.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeAlias

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit import trail
from audit.events import where
from crypto.errors import CryptoError
from iam import revision
from keys import families, imports, material, own_accord, rotation
from keys.models import ConnectionState, Key, KeyState
from keys.stores import kinds
from service.duty import Duty
from service.errors import Unavailable

logger = logging.getLogger("strongroom.worker")
Due: TypeAlias = Callable[[datetime], Q]
Do: TypeAlias = Callable[[Key, datetime], None]
Begin: TypeAlias = Callable[[int], Do]

MOST_AT_ONCE = 100
DOOR = "worker"
SECONDS = 60.0


class _Elsewhere(Exception):
    """Another worker has the key, or it is not due any more."""


def delete_due_keys() -> int:
    """Delete every key that is due, each with a record of its own; return how many."""
    return _each(lambda now: Q(deletion_date__lte=now), "deletion_date", _begin_deletion)


def rotate_due_keys() -> int:
    """Rotate every key whose automatic rotation is due; return how many."""
    return _each(rotation.due, "next_rotation", lambda _: _rotate)


def remove_expired_material() -> int:
    """Remove imported material that has expired, key by key; return of how many keys."""
    return _each(imports.expired, "pk", lambda _: _remove_expired)


def _each(due: Due, order: str, begin: Begin) -> int:
    """Do what `begin` gives to every key that is `due`, in a transaction of its own.

    Returns how many there were. Those that have to be left keep none of the others waiting.
    """
    done = left = 0
    while found := _found(due(timezone.now()), order, left):
        now_done = sum(_one(pk, due, begin) for pk in found)
        done += now_done
        left += len(found) - now_done
    return done


def _found(due: Q, order: str, left: int) -> list[int]:
    rows = Key.objects.filter(due).order_by(order, "pk")
    return list(rows.values_list("pk", flat=True)[left : left + MOST_AT_ONCE])


def _one(pk: int, due: Due, begin: Begin) -> bool:
    """Whether it was done here. What fails is logged and left for the next time."""
    try:
        do = begin(pk)
        with _claimed(pk, due) as (key, now):
            do(key, now)
    except Unavailable:  # nothing can be recorded, so nothing can be done
        raise
    except _Elsewhere:
        revision.undone()
        return False
    except CryptoError as error:
        logger.warning("what is due for key %s cannot be done yet: %s", pk, error)
        return False
    except Exception as error:
        logger.error("what is due for key %s failed: %s", pk, where(error))
        return False
    return True


@contextmanager
def _claimed(pk: int, due: Due) -> Iterator[tuple[Key, datetime]]:
    """The key's row, locked, in a transaction that is to record what is done to it."""
    with trail.transaction():
        revision.move_on()
        now = timezone.now()
        rows = Key.objects.select_for_update(skip_locked=True, of=("self",))
        key = rows.filter(due(now), pk=pk).first()
        if key is None:
            raise _Elsewhere
        yield key, now


def _begin_deletion(pk: int) -> Do:
    return partial(_delete, _destroy_material(pk))


def _destroy_material(pk: int) -> dict[str, Any] | None:
    """Destroy what a store holds for the key that is due; what had to be left there, if any.

    Before the transaction, for a store may take long, and before the key is gone, for it may
    not answer: then MaterialUnavailable, and the key waits. Where the store was disconnected
    nothing can be destroyed, and as on AWS the record says what is left behind.
    """
    rows = Key.objects.select_related("store").filter(deletion_date__lte=timezone.now())
    key = rows.filter(pk=pk).first()
    if key is None or key.store is None:
        return None
    if key.store.state != ConnectionState.CONNECTED:
        return kinds.of(key.store).left_behind(key.store, key.key_id)
    provider = material.provider_of(key)
    for each in key.materials.all():
        provider.destroy(material.opened_by(key, key.arn, each))
    return None


def _delete(left: dict[str, Any] | None, key: Key, now: datetime) -> None:
    """The key with its material, aliases and tags; `left`: what stays in its store, to be told."""
    arn, provider = key.arn, material.provider_of(key)
    event = own_accord.of_key("kms:DeleteKey", key, now, DOOR, keyId=key.key_id)
    event.response_elements = left or event.response_elements
    primary = families.primary_that_waits(key)
    key.delete()
    if primary is not None and not families.has_replicas(primary, now):
        _begin_waiting(primary, now)
    transaction.on_commit(lambda: provider.forget(arn))
    trail.record(event)


def _begin_waiting(primary: Key, now: datetime) -> None:
    """The last replica is gone: the waiting period of its primary begins."""
    days = timedelta(days=primary.pending_window or 0)
    primary.state, primary.deletion_date = KeyState.PENDING_DELETION, now + days
    primary.pending_window = None
    primary.save(update_fields=["state", "deletion_date", "pending_window"])


def _rotate(key: Key, now: datetime) -> None:
    rotation.by_itself(key, now, DOOR)


def _remove_expired(key: Key, now: datetime) -> None:
    for row in key.materials.filter(valid_to__lte=now):
        imports.remove(key, row)
        name, material_id = "kms:DeleteExpiredKeyMaterial", row.material_id
        details = {"keyId": key.key_id, "keyMaterialId": material_id}
        trail.record(own_accord.of_key(name, key, now, DOOR, **details))


DUTIES = (
    Duty("delete keys whose waiting period is over", SECONDS, delete_due_keys),
    Duty("rotate keys that are due", SECONDS, rotate_due_keys),
    Duty("remove imported key material that has expired", SECONDS, remove_expired_material),
)
