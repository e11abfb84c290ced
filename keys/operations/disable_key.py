"""kms:DisableKey."""

from keys.models import KeyState
from keys.on_keys import OwnKeyOperation
from keys.shapes import Nothing
from service.operation import Call
from service.value import value


@value
class DisableKeyInput:
    key_id: str


class DisableKey(OwnKeyOperation[DisableKeyInput, Nothing]):
    """Keeps a key from being used until it is enabled again."""

    name = "kms:DisableKey"
    mutates = True

    def run(self, call: Call, given: DisableKeyInput) -> Nothing:
        key = self.locked_key(call, given)
        key.state = KeyState.DISABLED
        key.save(update_fields=["state"])
        return Nothing()
