"""kms:DeleteImportedKeyMaterial."""

from keys import imports, specs
from keys.on_keys import OwnKeyOperation
from keys.specs import EXTERNAL
from service.operation import Call
from service.value import value


@value
class DeleteImportedKeyMaterialInput:
    key_id: str
    key_material_id: str | None = None


@value
class DeleteImportedKeyMaterialOutput:
    key_id: str
    key_material_id: str | None


class DeleteImportedKeyMaterial(
    OwnKeyOperation[DeleteImportedKeyMaterialInput, DeleteImportedKeyMaterialOutput]
):
    """Deletes imported material: the one named, else the current one. The same may come back."""

    name = "kms:DeleteImportedKeyMaterial"
    mutates = True

    def run(
        self, call: Call, given: DeleteImportedKeyMaterialInput
    ) -> DeleteImportedKeyMaterialOutput:
        key = self.locked_key(call, given)
        specs.require_origin(key.arn, key.origin, EXTERNAL)
        material_id = imports.give_up(key, given.key_material_id)
        return DeleteImportedKeyMaterialOutput(key.arn, imports.told(key, material_id))
