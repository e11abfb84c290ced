"""Rotation: a key goes on with other material; what it had before goes on to decrypt.

Automatic rotation makes the material here. Rotation on demand does too, or takes imported
material that waits for it. All of a multi-Region key rotates with its primary.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F, Q

from audit import trail
from keys import families, imports, material, own_accord, specs
from keys.errors import Conflict, LimitExceeded, UnsupportedOperation
from keys.models import Key, KeyManager, KeyState, RotationType
from keys.specs import AWS_KMS, EXTERNAL, SPECS

DEFAULT_DAYS = 365  # also how often an AWS managed key rotates
MOST_ON_DEMAND = 25  # of one key
CLOSE = timedelta(minutes=20)  # to an automatic rotation, where none on demand may begin


def require_kind(key: Key, *origins: str) -> None:
    """Raise UnsupportedOperation unless keys of its kind rotate; AWS says no more than that."""
    if not SPECS[key.spec].is_symmetric:
        raise UnsupportedOperation
    specs.require_origin(key.arn, key.origin, *origins)


def require_own(key: Key, *origins: str) -> None:
    """Raise UnsupportedOperation unless it is this key, of one of the origins, that rotates."""
    require_kind(key, *origins)
    if key.manager == KeyManager.AWS:
        raise UnsupportedOperation(f"{key.arn} is an AWS managed key: it rotates every year.")
    if key.multi_region:
        families.require_primary(key)


def schedule(key: Key, days: int, time: datetime) -> None:
    """Have `key`, which is saved by the caller, rotate every so many days from `time` on.

    A key that rotates in this rhythm already keeps its next date.
    """
    if key.rotation_period != days:
        key.rotation_period, key.next_rotation = days, time + timedelta(days=days)


def share(key: Key) -> None:
    """Save the rotation's period and date, for all of a multi-Region key."""
    rows = Key.objects.filter(account=key.account, key_id=key.key_id)
    rows.update(rotation_period=key.rotation_period, next_rotation=key.next_rotation)


def due(time: datetime) -> Q:
    """The keys that are to rotate by themselves; those that cannot be used wait until they can."""
    rotates_itself = Q(multi_region=False) | Q(primary_region=F("region"))
    return rotates_itself & Q(next_rotation__lte=time, state=KeyState.ENABLED)


def by_itself(key: Key, time: datetime, door: str) -> None:
    """Rotate a key that is due, whose row is locked, and say when it is due again.

    It keeps its rhythm, unless it could not be rotated for so long that it fell out of it.
    """
    period = timedelta(days=key.rotation_period or DEFAULT_DAYS)
    following = (key.next_rotation or time) + period
    key.next_rotation = following if following > time else time + period
    share(key)
    _rotate(key, RotationType.AUTOMATIC, time, door)


def on_demand(key: Key, time: datetime, door: str) -> None:
    """Rotate a key, whose row is locked, now. Its automatic rotation stays when it is.

    Raises UnsupportedOperation, Conflict, LimitExceeded, and InvalidState where material is to
    be imported first.
    """
    require_own(key, AWS_KMS, EXTERNAL)
    if key.next_rotation is not None and key.next_rotation <= time + CLOSE:
        raise Conflict(
            "An automatic rotation of this key is in progress or scheduled to begin within the "
            "next 20 minutes."
        )
    if key.materials.filter(rotation=RotationType.ON_DEMAND).count() >= MOST_ON_DEMAND:
        raise LimitExceeded(
            "The on-demand rotations limit has been reached for the given keyId. No more "
            f"on-demand rotations can be performed for this key: {key.arn}"
        )
    _rotate(key, RotationType.ON_DEMAND, time, door)


def _rotate(key: Key, kind: RotationType, time: datetime, door: str) -> None:
    family, previous = families.locked(key), key.current_material
    if key.origin == EXTERNAL:
        current = imports.promote(family, kind, time)
    else:
        secret = material.provider_of(key).generate(key.spec)
        rows = [material.store(each, secret, time, since=time, rotation=kind) for each in family]
        current = rows[0].material_id
    for each in family:
        each.current_material = current
        each.save(update_fields=["current_material"])
    _record(family, kind, previous, time, door)


def _record(
    family: Sequence[Key], kind: RotationType, previous: str, time: datetime, door: str
) -> None:
    """RotateKey for the key; for each relative SynchronizeMultiRegionKey, as CloudTrail has it."""
    key, *others = family
    details = {
        "rotationType": str(kind),
        "keyOrigin": key.origin,
        "previousKeyMaterialId": previous,
        "currentKeyMaterialId": key.current_material,
    }
    trail.record(own_accord.of_key("kms:RotateKey", key, time, door, **details))
    for each in others:
        name = "kms:SynchronizeMultiRegionKey"
        trail.record(own_accord.of_key(name, each, time, door, keyId=each.key_id))
