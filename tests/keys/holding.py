"""Keys that hold known material: a published vector's, say."""

from datetime import UTC, datetime

from iam import revision
from keys import material
from keys.models import Key


def give_material(key: Key, secret: bytes) -> None:
    """Put `secret`, as a user would import it, in place of what the key has."""
    kept = material.software().accept(key.spec, secret)
    key.materials.all().delete()
    row = material.store(key, kept, datetime.now(UTC), since=datetime.now(UTC))
    _use(key, row.material_id)


def give_public_key(key: Key, public: bytes) -> None:
    """Put a public key in place of the key's own; its private half stays as it is."""
    key.materials.update(public=public)
    _use(key, key.current_material)


def _use(key: Key, material_id: str) -> None:
    key.current_material = material_id
    key.save()
    material.software().forget(key.arn)
    revision.forget()
