"""kms:RotateKeyOnDemand."""

from keys import rotation
from keys.on_keys import OwnKeyOperation
from service.operation import Call
from service.value import value


@value
class RotateKeyOnDemandInput:
    key_id: str


@value
class RotateKeyOnDemandOutput:
    key_id: str


class RotateKeyOnDemand(OwnKeyOperation[RotateKeyOnDemandInput, RotateKeyOnDemandOutput]):
    """Rotates a key now: to fresh material, or to the imported one that waits for it."""

    name = "kms:RotateKeyOnDemand"
    mutates = True

    def run(self, call: Call, given: RotateKeyOnDemandInput) -> RotateKeyOnDemandOutput:
        key = self.locked_key(call, given)
        rotation.on_demand(key, call.caller.time, call.caller.door)
        return RotateKeyOnDemandOutput(key.arn)
