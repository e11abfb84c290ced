"""Imported key material: which may come in, which is missing, which waits for a rotation.

A row of `Material` stands for material that belongs to the key, also while the bytes are not
there (`sealed` is None): only the same may come again. Rows with `since` belong for good; one
without waits to become the current one, and can be given up. Each replica of a multi-Region
key has rows like its primary's, and is given the bytes by an import of its own.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from crypto import provider as providers
from crypto.errors import InvalidKeyMaterial
from keys import families, material, states
from keys.errors import IncorrectKeyMaterial, InvalidState, NotFound, UnsupportedOperation
from keys.models import Key, KeyState, Material, RotationType
from keys.specs import SPECS
from service.value import value

NEW, EXISTING = "NEW_KEY_MATERIAL", "EXISTING_KEY_MATERIAL"
EXPIRES, DOES_NOT_EXPIRE = "KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE"


@value
class Wanted:
    """What an import says beside the material. `type` and what follows: symmetric keys only.

    valid_to      when it expires, None: never
    description   None: as it was
    """

    valid_to: datetime | None = None
    type: str | None = None
    description: str | None = None
    material_id: str | None = None


def accepted(key: Key, secret: bytes, wanted: Wanted) -> bytes:
    """`secret` as it is kept. An RSA key takes up to half a second.

    Raises UnsupportedOperation, IncorrectKeyMaterial where it can be no material of the key.
    """
    _require_options(key, wanted)
    try:
        return material.provider_of(key).accept(key.spec, secret)
    except InvalidKeyMaterial:
        raise IncorrectKeyMaterial(f"The key material is not valid for {key.spec}.") from None


def bring_in(key: Key, stored: bytes, wanted: Wanted, time: datetime) -> str:
    """Give `key`, whose row is locked, the material, which was `accepted`; its id.

    Raises IncorrectKeyMaterial, InvalidState, UnsupportedOperation.
    """
    rows = list(key.materials.all())
    material_id = providers.material_id(key.key_id, stored)
    known = next((row for row in rows if row.material_id == material_id), None)
    if (wanted.type or (EXISTING if rows else NEW)) == NEW:
        _require_new(key, rows, known)
        _add(key, stored, wanted, time, waits=bool(rows))
    else:
        _return(known, stored, wanted)
    key.state = states.state_of(key, time)  # what expired was missing, removed by a worker or not
    settle(key)
    return material_id


def _require_options(key: Key, wanted: Wanted) -> None:
    given = (wanted.type, wanted.description, wanted.material_id)
    if not SPECS[key.spec].is_symmetric and any(each is not None for each in given):
        raise UnsupportedOperation(
            "ImportType, KeyMaterialDescription and KeyMaterialId can be given for symmetric "
            "encryption keys only."
        )


def _require_new(key: Key, rows: Sequence[Material], known: Material | None) -> None:
    if families.is_replica(key):
        raise UnsupportedOperation(
            f"{key.arn} is a multi-region replica key: new key material is imported into the "
            "primary key first."
        )
    if known is not None:
        raise IncorrectKeyMaterial("The key material is associated with the key already.")
    if any(row.since is None for row in rows):
        raise InvalidState(f"{key.arn} has key material that is pending rotation.")


def _add(key: Key, stored: bytes, wanted: Wanted, time: datetime, *, waits: bool) -> None:
    """A new material: one that waits to be rotated to, or the first of a key.

    A key that has none yet has no replicas either.
    """
    row = material.store(
        key,
        stored,
        time,
        since=None if waits else time,
        valid_to=wanted.valid_to,
        description=wanted.description or "",
    )
    if waits:
        for replica in families.locked(key)[1:]:
            material.placeholder(row, replica)
    else:
        key.current_material = row.material_id
        key.save(update_fields=["current_material"])


def _return(known: Material | None, stored: bytes, wanted: Wanted) -> None:
    """The same material once more, perhaps with another date of expiry."""
    if known is None or wanted.material_id not in (None, known.material_id):
        raise IncorrectKeyMaterial(
            "The key material is not the one that is associated with the key."
        )
    description = known.description if wanted.description is None else wanted.description
    material.fill(known, stored, valid_to=wanted.valid_to, description=description)


def promote(family: Sequence[Key], kind: RotationType, time: datetime) -> str:
    """Have the material that waits become permanent in every region; its id.

    Raises InvalidState if none waits, or it has yet to be imported somewhere.
    """
    key = family[0]
    waiting = key.materials.filter(since=None).first()
    if waiting is None or not is_everywhere(waiting, time):
        raise InvalidState(f"No available key material pending rotation for the key: {key.arn}.")
    of_all = Material.objects.filter(key__in=family, material_id=waiting.material_id)
    of_all.update(since=time, rotation=kind)
    for each in family:
        settle(each)
    return waiting.material_id


def give_up(key: Key, material_id: str | None) -> str | None:
    """Delete the material with the id, else the current one; its id, None if there never was one.

    `key`'s row is locked. Raises NotFound if the id is none of the key's.
    """
    wanted = material_id or key.current_material
    row = key.materials.filter(material_id=wanted).first()
    if row is not None:
        remove(key, row)
    elif material_id is not None:
        raise NotFound(f"Key material {material_id} is not associated with {key.arn}.")
    return None if row is None else row.material_id


def remove(key: Key, row: Material) -> None:
    """Keep of the material no more than what it was; of one that waits, not even that.

    A replica waits for what waits in its primary: there it has to be imported again.
    """
    if row.since is None and not families.is_replica(key):
        family = families.locked(key)
        Material.objects.filter(key__in=family, material_id=row.material_id).delete()
    else:
        family = [key]
        row.sealed, row.valid_to = None, None
        row.save(update_fields=["sealed", "valid_to"])
    settle(key)
    for each in family:
        _forget(each)


def _forget(key: Key) -> None:
    provider, arn = material.provider_of(key), key.arn
    transaction.on_commit(lambda: provider.forget(arn))


def settle(key: Key) -> None:
    """Have the row say what follows from its materials: its state, and when the first expires.

    A key that is pending deletion stays so.
    """
    permanent = list(key.materials.exclude(since=None))
    key.valid_to = min((row.valid_to for row in permanent if row.valid_to), default=None)
    if key.state not in states.PENDING:
        if not permanent or any(row.sealed is None for row in permanent):
            key.state = KeyState.PENDING_IMPORT
        elif key.state == KeyState.PENDING_IMPORT:
            key.state = KeyState.ENABLED
    key.save(update_fields=["state", "valid_to"])


def expired(time: datetime) -> Q:
    """The keys that hold material which has expired."""
    return Q(pk__in=Material.objects.filter(valid_to__lte=time).values("key"))


def is_there(row: Material, time: datetime) -> bool:
    """Whether the bytes of the material are there, and have not expired."""
    return row.sealed is not None and (row.valid_to is None or row.valid_to > time)


def is_everywhere(row: Material, time: datetime) -> bool:
    """Whether the material is there in each region that its key is in."""
    key = row.key
    family = Material.objects.filter(key__account=key.account, key__key_id=key.key_id)
    return all(is_there(each, time) for each in family.filter(material_id=row.material_id))


def state_of(key: Key, row: Material, time: datetime) -> str:
    """AWS's KeyMaterialState of one of the key's materials."""
    if row.since is not None:
        return "CURRENT" if row.material_id == key.current_material else "NON_CURRENT"
    if key.multi_region and not is_everywhere(row, time):
        return "PENDING_MULTI_REGION_IMPORT_AND_ROTATION"
    return "PENDING_ROTATION"


def expiration_model(valid_to: datetime | None) -> str:
    return DOES_NOT_EXPIRE if valid_to is None else EXPIRES


def told(key: Key, material_id: str | None) -> str | None:
    """A material's id as answers tell it: of symmetric keys, which alone can have several."""
    return material_id if SPECS[key.spec].is_symmetric else None
