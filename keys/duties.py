"""What the worker does for keys: it deletes those whose waiting period is over."""

from django.db import transaction
from django.utils import timezone

from audit import trail
from iam import revision
from keys import material, own_accord
from keys.lookup import KEY_TYPE
from keys.models import Key
from service.duty import Duty
from service.resource import Resource

MOST_AT_ONCE = 100


class _Elsewhere(Exception):
    """Another worker has the key, or it is not due any more."""


def delete_due_keys() -> int:
    """Delete every key that is due, each with a record of its own; return how many."""
    deleted = 0
    while due := _due():
        before = deleted
        for pk in due:
            deleted += _delete(pk)
        if deleted == before:
            break
    return deleted


def _due() -> list[int]:
    rows = Key.objects.filter(deletion_date__lte=timezone.now()).order_by("deletion_date")
    return list(rows.values_list("pk", flat=True)[:MOST_AT_ONCE])


def _delete(pk: int) -> bool:
    """Delete the key, its material, aliases and tags, unless another worker does."""
    try:
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
            key.delete()
            transaction.on_commit(lambda: provider.forget(arn))
            record(event)
    except _Elsewhere:
        return False
    return True


DUTIES = (Duty("delete keys whose waiting period is over", 60.0, delete_due_keys),)
