"""kms:GetKeyRotationStatus."""

from collections.abc import Iterable
from datetime import datetime

from keys import lookup, specs, states
from keys.on_keys import check
from keys.specs import AWS_KMS
from service.operation import Call, Check, Operation
from service.value import value


@value
class GetKeyRotationStatusInput:
    key_id: str


@value
class GetKeyRotationStatusOutput:
    """`on_demand_rotation_start_date` is never there: a rotation is done when its call ends."""

    key_rotation_enabled: bool
    key_id: str
    rotation_period_in_days: int | None = None
    next_rotation_date: datetime | None = None
    on_demand_rotation_start_date: datetime | None = None


class GetKeyRotationStatus(Operation[GetKeyRotationStatusInput, GetKeyRotationStatusOutput]):
    """Tells whether a key, of any account that lets the caller, rotates by itself, and when.

    Asymmetric and HMAC keys never do, and say so: Terraform asks every key made here.
    """

    name = "kms:GetKeyRotationStatus"

    def checks(self, call: Call, given: GetKeyRotationStatusInput) -> Iterable[Check]:
        yield check(call, self.name, lookup.named(call, given.key_id, aliases=False))

    def run(self, call: Call, given: GetKeyRotationStatusInput) -> GetKeyRotationStatusOutput:
        key = lookup.named(call, given.key_id, aliases=False).found.row
        states.require(self.name, key, call.caller.time)
        specs.require_origin(key.arn, key.origin, AWS_KMS)
        # while a key waits for its deletion nothing rotates; if it is kept, it goes on as before
        if key.rotation_period is None or key.state in states.PENDING:
            return GetKeyRotationStatusOutput(False, key.arn)
        return GetKeyRotationStatusOutput(True, key.arn, key.rotation_period, key.next_rotation)
