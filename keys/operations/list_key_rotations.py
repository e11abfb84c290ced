"""kms:ListKeyRotations."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from keys import imports, paging, rotation
from keys.models import Key, Material
from keys.on_keys import OwnKeyOperation
from keys.specs import AWS_KMS, EXTERNAL
from service.operation import Call
from service.value import value

LIST, DEFAULT, MOST = "rotations", 100, 1000
ROTATIONS_ONLY = "ROTATIONS_ONLY"


@value
class ListKeyRotationsInput:
    key_id: str
    include_key_material: str = ROTATIONS_ONLY
    limit: int | None = None
    marker: str | None = None


@value
class RotationsListEntry:
    key_id: str
    key_material_id: str
    key_material_state: str
    key_material_description: str | None = None
    import_state: str | None = None
    expiration_model: str | None = None
    valid_to: datetime | None = None
    rotation_date: datetime | None = None
    rotation_type: str | None = None


@value
class ListKeyRotationsOutput:
    rotations: tuple[RotationsListEntry, ...]
    truncated: bool
    next_marker: str | None = None


class ListKeyRotations(OwnKeyOperation[ListKeyRotationsInput, ListKeyRotationsOutput]):
    """Lists the rotations of a key, or all of its materials, the oldest first."""

    name = "kms:ListKeyRotations"

    def run(self, call: Call, given: ListKeyRotationsInput) -> ListKeyRotationsOutput:
        key = self.key(call, given).row
        rotation.require_kind(key, AWS_KMS, EXTERNAL)
        length = paging.size(given.limit, DEFAULT, MOST)
        place = paging.row_after(LIST, given.marker)
        rows = key.materials.filter(id__gt=place).order_by("id")
        if given.include_key_material == ROTATIONS_ONLY:
            rows = rows.exclude(rotation="")
        page = paging.page(LIST, list(rows[: length + 1]), length, lambda row: str(row.pk))
        entries = tuple(_entries(key, page.items, call.caller.time))
        return ListKeyRotationsOutput(entries, page.truncated, page.next_marker)


def _entries(key: Key, rows: Iterable[Material], time: datetime) -> Iterable[RotationsListEntry]:
    for row in rows:
        yield RotationsListEntry(
            key_id=key.key_id,
            key_material_id=row.material_id,
            key_material_state=imports.state_of(key, row, time),
            rotation_date=row.since if row.rotation else None,
            rotation_type=row.rotation or None,
            **(_of_import(row, time) if key.origin == EXTERNAL else {}),
        )


def _of_import(row: Material, time: datetime) -> dict[str, Any]:
    """What imported material tells beside; of its expiry, while it is there."""
    described = {"key_material_description": row.description or None}
    if not imports.is_there(row, time):
        return {"import_state": "PENDING_IMPORT", **described}
    return {
        "import_state": "IMPORTED",
        "expiration_model": imports.expiration_model(row.valid_to),
        "valid_to": row.valid_to,
        **described,
    }
