"""What the worker does to keys: rotates and deletes those that are due, removes expired material.

Each thing is a transaction of its own with its record: see `keys.due`.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit import trail
from keys import due, families, imports, material, own_accord, rotation
from keys.due import DOOR, Do
from keys.models import ConnectionState, Key, KeyState
from keys.stores import kinds
from service.duty import Duty

SECONDS = 60.0


def delete_due_keys() -> int:
    """Delete every key that is due, each with a record of its own; return how many."""
    return due.do_each(_ending, "deletion_date", _begin_deletion)


def rotate_due_keys() -> int:
    """Rotate every key whose automatic rotation is due; return how many."""
    return due.do_each(
        lambda now: Key.objects.filter(rotation.due(now)), "next_rotation", lambda _: _rotate
    )


def remove_expired_material() -> int:
    """Remove imported material that has expired, key by key; return of how many keys."""
    return due.do_each(
        lambda now: Key.objects.filter(imports.expired(now)), "pk", lambda _: _remove_expired
    )


def _ending(now: datetime) -> QuerySet[Key]:
    return Key.objects.filter(deletion_date__lte=now)


def _begin_deletion(pk: int) -> Do[Key]:
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
