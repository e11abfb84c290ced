"""kms:EnableKeyRotation."""

from collections.abc import Mapping, Sequence

from keys import rotation
from keys.on_keys import OwnKeyOperation
from keys.shapes import Nothing
from keys.specs import AWS_KMS
from service.operation import Call
from service.value import value


@value
class EnableKeyRotationInput:
    key_id: str
    rotation_period_in_days: int = rotation.DEFAULT_DAYS


class EnableKeyRotation(OwnKeyOperation[EnableKeyRotationInput, Nothing]):
    """Has a key rotate by itself (`keys.duties`), every so many days from now on."""

    name = "kms:EnableKeyRotation"
    mutates = True

    def conditions(self, given: EnableKeyRotationInput) -> Mapping[str, str | Sequence[str]]:
        return {"kms:RotationPeriodInDays": str(given.rotation_period_in_days)}

    def run(self, call: Call, given: EnableKeyRotationInput) -> Nothing:
        key = self.locked_key(call, given)
        rotation.require_own(key, AWS_KMS)
        rotation.schedule(key, given.rotation_period_in_days, call.caller.time)
        rotation.share(key)
        return Nothing()
