"""kms:ScheduleKeyDeletion."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from keys import families
from keys.models import KeyState
from keys.on_keys import OwnKeyOperation
from service.errors import ValidationFailed
from service.operation import Call, Check
from service.value import value

FEWEST_DAYS, MOST_DAYS = 7, 30


@value
class ScheduleKeyDeletionInput:
    key_id: str
    pending_window_in_days: int = MOST_DAYS


@value
class ScheduleKeyDeletionOutput:
    """A primary key that has replicas gets its date when the last of them is gone."""

    key_id: str
    deletion_date: datetime | None
    key_state: str
    pending_window_in_days: int


class ScheduleKeyDeletion(OwnKeyOperation[ScheduleKeyDeletionInput, ScheduleKeyDeletionOutput]):
    """Has a key deleted for good (`keys.duties`) when a window of days is over."""

    name = "kms:ScheduleKeyDeletion"
    mutates = True

    def checks(self, call: Call, given: ScheduleKeyDeletionInput) -> Iterable[Check]:
        if not FEWEST_DAYS <= given.pending_window_in_days <= MOST_DAYS:
            raise ValidationFailed(
                f"PendingWindowInDays must be between {FEWEST_DAYS} and {MOST_DAYS}, inclusive."
            )
        yield from super().checks(call, given)

    def conditions(self, given: ScheduleKeyDeletionInput) -> Mapping[str, str | Sequence[str]]:
        return {"kms:ScheduleKeyDeletionPendingWindowInDays": str(given.pending_window_in_days)}

    def run(self, call: Call, given: ScheduleKeyDeletionInput) -> ScheduleKeyDeletionOutput:
        key, time = self.locked_key(call, given), call.caller.time
        days = given.pending_window_in_days
        if families.is_primary(key) and families.has_replicas(key, time):
            key.state, key.pending_window = KeyState.PENDING_REPLICA_DELETION, days
        else:
            key.state, key.deletion_date = KeyState.PENDING_DELETION, time + timedelta(days=days)
        key.save(update_fields=["state", "deletion_date", "pending_window"])
        return ScheduleKeyDeletionOutput(key.arn, key.deletion_date, key.state, days)
