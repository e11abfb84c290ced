"""What the worker does for keys: it deletes those whose waiting period is over."""

import logging
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import trail
from crypto.errors import CryptoError
from iam import revision
from keys import material, own_accord
from keys.lookup import KEY_TYPE
from keys.models import ConnectionState, Key
from keys.stores import kinds
from service.duty import Duty
from service.resource import Resource

MOST_AT_ONCE = 100
logger = logging.getLogger("strongroom.keys")


class _Elsewhere(Exception):
    """Another worker has the key, or it is not due any more."""


def delete_due_keys() -> int:
    """Delete every key that is due, each with a record of its own; return how many."""
    deleted = left = 0
    while due := _due(left):
        now_deleted = sum(_delete(pk) for pk in due)
        deleted += now_deleted
        left += len(due) - now_deleted
    return deleted


def _due(left: int) -> list[int]:
    """The keys that have been due for longest, but for those that have been `left` already."""
    rows = Key.objects.filter(deletion_date__lte=timezone.now()).order_by("deletion_date", "pk")
    return list(rows.values_list("pk", flat=True)[left : left + MOST_AT_ONCE])


def _delete(pk: int) -> bool:
    """Delete the key, its material, aliases and tags, unless another worker does."""
    try:
        left = _destroy_material(pk)
        with trail.transaction() as record:
            revision.move_on()
            now = timezone.now()
            key = (
                Key.objects.select_for_update(skip_locked=True)
                .filter(pk=pk, deletion_date__lte=now)
                .first()
            )
            if key is None:
                raise _Elsewhere
            arn, provider = key.arn, material.provider_of(key)
            event = own_accord.event(
                "kms:DeleteKey", Resource(arn, key.account, KEY_TYPE), key.region, now, "worker"
            )
            event.response_elements = left
            key.delete()
            transaction.on_commit(lambda: provider.forget(arn))
            record(event)
    except _Elsewhere:
        return False
    except CryptoError as error:
        logger.warning("a key that is due cannot be deleted yet: %s", error)
        return False
    return True


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


DUTIES = (Duty("delete keys whose waiting period is over", 60.0, delete_due_keys),)
