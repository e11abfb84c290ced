"""kms:DisableKeyRotation."""

from keys import rotation
from keys.on_keys import OwnKeyOperation
from keys.shapes import Nothing
from keys.specs import AWS_KMS
from service.operation import Call
from service.value import value


@value
class DisableKeyRotationInput:
    key_id: str


class DisableKeyRotation(OwnKeyOperation[DisableKeyRotationInput, Nothing]):
    """Has a key rotate by itself no more."""

    name = "kms:DisableKeyRotation"
    mutates = True

    def run(self, call: Call, given: DisableKeyRotationInput) -> Nothing:
        key = self.locked_key(call, given)
        rotation.require_own(key, AWS_KMS)
        key.rotation_period, key.next_rotation = None, None
        rotation.share(key)
        return Nothing()
