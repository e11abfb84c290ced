"""kms:EnableKey."""

from keys.models import KeyState
from keys.on_keys import OwnKeyOperation
from keys.shapes import Nothing
from service.operation import Call
from service.value import value


@value
class EnableKeyInput:
    key_id: str


class EnableKey(OwnKeyOperation[EnableKeyInput, Nothing]):
    """Lets a disabled key be used again."""

    name = "kms:EnableKey"
    mutates = True

    def run(self, call: Call, given: EnableKeyInput) -> Nothing:
        key = self.locked_key(call, given)
        key.state = KeyState.ENABLED
        key.save(update_fields=["state"])
        return Nothing()
