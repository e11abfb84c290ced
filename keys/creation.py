"""A new key: its row and its first material, within the caller's transaction."""

from datetime import datetime

from keys import material
from keys.models import Key, KeyState
from service.ids import uuid4


def new_key_id() -> str:
    return uuid4()


def create(*, time: datetime, **columns: str) -> Key:
    """An enabled key with the columns given and fresh material."""
    return made(Key(**columns), time)


def made(key: Key, time: datetime) -> Key:
    """`key`, which is not saved yet, saved as an enabled key with fresh material."""
    key.state, key.created = KeyState.ENABLED, time
    key.save(force_insert=True)
    key.current_material = material.create(key, time)
    key.save(update_fields=["current_material"])
    return key
