"""kms:GetKeyLastUsage."""

from datetime import datetime

from keys import last_use
from keys.on_keys import OwnKeyOperation
from service.operation import Call
from service.value import value


@value
class GetKeyLastUsageInput:
    key_id: str


@value
class KeyLastUsageData:
    """Without any member where the key was never used."""

    operation: str | None = None
    timestamp: datetime | None = None
    cloud_trail_event_id: str | None = None
    kms_request_id: str | None = None


@value
class GetKeyLastUsageOutput:
    key_id: str
    key_last_usage: KeyLastUsageData
    tracking_start_date: datetime
    key_creation_date: datetime


class GetKeyLastUsage(OwnKeyOperation[GetKeyLastUsageInput, GetKeyLastUsageOutput]):
    """Tells a key's last successful cryptographic operation, to the second, as its record does."""

    name = "kms:GetKeyLastUsage"

    def run(self, call: Call, given: GetKeyLastUsageInput) -> GetKeyLastUsageOutput:
        key = self.key(call, given).row
        use = last_use.of(key)
        usage = KeyLastUsageData()
        if use is not None:
            time = use.time.replace(microsecond=0)
            usage = KeyLastUsageData(use.operation, time, use.event_id, use.request_id)
        return GetKeyLastUsageOutput(key.key_id, usage, last_use.watched_since(key), key.created)
