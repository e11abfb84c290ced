"""kms:UpdateKeyDescription."""

from keys.on_keys import OwnKeyOperation
from keys.shapes import Nothing
from service.operation import Call
from service.value import value


@value
class UpdateKeyDescriptionInput:
    key_id: str
    description: str


class UpdateKeyDescription(OwnKeyOperation[UpdateKeyDescriptionInput, Nothing]):
    name = "kms:UpdateKeyDescription"
    mutates = True

    def run(self, call: Call, given: UpdateKeyDescriptionInput) -> Nothing:
        key = self.locked_key(call, given)
        key.description = given.description
        key.save(update_fields=["description"])
        return Nothing()
