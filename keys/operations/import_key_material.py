"""kms:ImportKeyMaterial."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from datetime import UTC, datetime, timedelta

from keys import import_tokens, imports, specs
from keys.imports import EXPIRES, NEW, Wanted
from keys.on_keys import OwnKeyOperation
from keys.specs import EXTERNAL
from service.errors import ValidationFailed
from service.operation import Call, Check
from service.value import value

LONGEST = timedelta(days=365)  # that material may be valid


@value
class ImportKeyMaterialInput:
    key_id: str
    import_token: bytes = field(repr=False)
    encrypted_key_material: bytes = field(repr=False)
    valid_to: datetime | None = None
    expiration_model: str = EXPIRES
    import_type: str | None = None
    key_material_description: str | None = None
    key_material_id: str | None = None


@value
class ImportKeyMaterialOutput:
    """The material's id is told of symmetric keys, which alone can have several."""

    key_id: str
    key_material_id: str | None


class ImportKeyMaterial(OwnKeyOperation[ImportKeyMaterialInput, ImportKeyMaterialOutput]):
    """Takes in key material that was made elsewhere, wrapped as the import token says."""

    name = "kms:ImportKeyMaterial"
    mutates = True
    _stored = b""  # the material as it is kept

    def checks(self, call: Call, given: ImportKeyMaterialInput) -> Iterable[Check]:
        _require_expiry(given, call.caller.time)
        if given.import_type == NEW and given.key_material_id is not None:
            raise ValidationFailed(f"KeyMaterialId cannot be given with ImportType {NEW}.")
        yield from super().checks(call, given)

    def conditions(self, given: ImportKeyMaterialInput) -> Mapping[str, str | Sequence[str]]:
        found = {"kms:ExpirationModel": given.expiration_model}
        if given.valid_to is not None:
            found["kms:ValidTo"] = given.valid_to.astimezone(UTC).isoformat()
        return found

    @contextmanager
    def prepared(self, call: Call, given: ImportKeyMaterialInput) -> Iterator[None]:
        key = self.key(call, given).row
        specs.require_origin(key.arn, key.origin, EXTERNAL)
        secret = import_tokens.unwrap(
            key, given.import_token, given.encrypted_key_material, call.caller.time
        )
        self._stored = imports.accepted(key, secret, _wanted(given))
        yield

    def run(self, call: Call, given: ImportKeyMaterialInput) -> ImportKeyMaterialOutput:
        key = self.locked_key(call, given)
        material_id = imports.bring_in(key, self._stored, _wanted(given), call.caller.time)
        return ImportKeyMaterialOutput(key.arn, imports.told(key, material_id))


def _wanted(given: ImportKeyMaterialInput) -> Wanted:
    return Wanted(
        valid_to=given.valid_to,
        type=given.import_type,
        description=given.key_material_description,
        material_id=given.key_material_id,
    )


def _require_expiry(given: ImportKeyMaterialInput, time: datetime) -> None:
    """Raise ValidationFailed unless ValidTo is given if, and only if, the material expires."""
    expires = given.expiration_model == EXPIRES
    if expires and given.valid_to is None:
        raise ValidationFailed(f"A validTo date must be set if the ExpirationModel is {EXPIRES}")
    if not expires and given.valid_to is not None:
        raise ValidationFailed(
            f"A validTo date must not be set if the ExpirationModel is {given.expiration_model}"
        )
    if given.valid_to is not None and not time < given.valid_to <= time + LONGEST:
        raise ValidationFailed(
            f"The validTo date must be in the future, and at most {LONGEST.days} days ahead."
        )
