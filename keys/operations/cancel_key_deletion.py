"""kms:CancelKeyDeletion."""

from keys import imports
from keys.models import KeyState
from keys.on_keys import OwnKeyOperation
from keys.specs import EXTERNAL
from service.operation import Call
from service.value import value


@value
class CancelKeyDeletionInput:
    key_id: str


@value
class CancelKeyDeletionOutput:
    key_id: str


class CancelKeyDeletion(OwnKeyOperation[CancelKeyDeletionInput, CancelKeyDeletionOutput]):
    """Keeps a key that was to be deleted; it stays disabled, or waits for its material."""

    name = "kms:CancelKeyDeletion"
    mutates = True

    def run(self, call: Call, given: CancelKeyDeletionInput) -> CancelKeyDeletionOutput:
        key = self.locked_key(call, given)
        key.state, key.deletion_date, key.pending_window = KeyState.DISABLED, None, None
        key.save(update_fields=["state", "deletion_date", "pending_window"])
        if key.origin == EXTERNAL:
            imports.settle(key)
        return CancelKeyDeletionOutput(key.arn)
