"""kms:CancelKeyDeletion."""

from keys.models import KeyState
from keys.on_keys import OwnKeyOperation
from service.operation import Call
from service.value import value


@value
class CancelKeyDeletionInput:
    key_id: str


@value
class CancelKeyDeletionOutput:
    key_id: str


class CancelKeyDeletion(OwnKeyOperation[CancelKeyDeletionInput, CancelKeyDeletionOutput]):
    """Keeps a key that was to be deleted; it stays disabled."""

    name = "kms:CancelKeyDeletion"
    mutates = True

    def run(self, call: Call, given: CancelKeyDeletionInput) -> CancelKeyDeletionOutput:
        key = self.locked_key(call, given)
        key.state, key.deletion_date = KeyState.DISABLED, None
        key.save(update_fields=["state", "deletion_date"])
        return CancelKeyDeletionOutput(key.arn)
