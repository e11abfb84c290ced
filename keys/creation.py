"""A new key: its row and its first material, within the caller's transaction."""

from datetime import datetime
from typing import Any

from keys import material
from keys.identifiers import MULTI_REGION_PREFIX
from keys.models import Key, KeyState
from keys.specs import EXTERNAL
from service.ids import uuid4


def new_key_id(*, multi_region: bool = False) -> str:
    made = uuid4()
    return MULTI_REGION_PREFIX + made.replace("-", "") if multi_region else made


def create(*, time: datetime, secret: bytes | None = None, **columns: Any) -> Key:
    """A key with the columns given and material: `secret`, or a fresh one; EXTERNAL without."""
    return made(Key(**columns), time, secret)


def made(key: Key, time: datetime, secret: bytes | None = None) -> Key:
    """`key`, which is not saved yet, saved, with material unless that is to be imported."""
    key.created = time
    key.state = KeyState.PENDING_IMPORT if key.origin == EXTERNAL else KeyState.ENABLED
    key.save(force_insert=True)
    if key.origin != EXTERNAL:
        key.current_material = material.create(key, time, secret).material_id
        key.save(update_fields=["current_material"])
    return key
