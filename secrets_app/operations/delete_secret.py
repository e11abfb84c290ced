"""secretsmanager:DeleteSecret."""

from collections.abc import Iterable
from dataclasses import field, replace
from datetime import datetime, timedelta

from secrets_app import conditions, deletion, errors, names
from secrets_app.conditions import Conditions
from secrets_app.errors import InvalidParameter, ResourceNotFound
from secrets_app.models import Secret, arn_of
from secrets_app.names import SecretId
from secrets_app.on_secrets import SecretChange
from service.operation import Call, Check
from service.value import value

FEWEST_DAYS, MOST_DAYS = 7, 30


@value
class DeleteSecretInput:
    secret_id: str
    recovery_window_in_days: int | None = None
    force_delete_without_recovery: bool | None = None


@value
class DeleteSecretOutput:
    arn: str = field(metadata={"aws": "ARN"})
    name: str
    deletion_date: datetime


class DeleteSecret(SecretChange[DeleteSecretInput, DeleteSecretOutput]):
    """Has a secret deleted in 7 to 30 days, or by force at once.

    By force, what is not there is deleted too, as on AWS.
    """

    name = "secretsmanager:DeleteSecret"
    of_deleted = True

    def checks(self, call: Call, given: DeleteSecretInput) -> Iterable[Check]:
        _require_sound(given)
        for each in super().checks(call, given):
            if given.force_delete_without_recovery:
                each = replace(each, resource=replace(each.resource, missing=None))
            yield each

    def conditions(self, given: DeleteSecretInput) -> Conditions:
        return conditions.given(
            RecoveryWindowInDays=given.recovery_window_in_days,
            ForceDeleteWithoutRecovery=given.force_delete_without_recovery,
        )

    def run(self, call: Call, given: DeleteSecretInput) -> DeleteSecretOutput:
        if given.force_delete_without_recovery:
            return self._by_force(call, given)
        return super().run(call, given)

    def change(self, call: Call, given: DeleteSecretInput, row: Secret) -> DeleteSecretOutput:
        if row.deletion_date is not None:
            raise errors.marked_for_deletion()
        deletion.require_alone(row)
        days = timedelta(days=given.recovery_window_in_days or MOST_DAYS)
        row.deletion_date = call.caller.time + days
        row.save(update_fields=["deletion_date"])
        return DeleteSecretOutput(row.arn, row.name, row.deletion_date)

    def _by_force(self, call: Call, given: DeleteSecretInput) -> DeleteSecretOutput:
        time = call.caller.time
        try:
            row = self.locked(call, given)
        except ResourceNotFound:
            return _of_nothing(self.named(call, given).name, time)
        deletion.require_alone(row)
        row.delete()
        return DeleteSecretOutput(row.arn, row.name, time)


def _require_sound(given: DeleteSecretInput) -> None:
    days = given.recovery_window_in_days
    if days is not None and given.force_delete_without_recovery:
        raise InvalidParameter(
            "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays."
        )
    if days is not None and not FEWEST_DAYS <= days <= MOST_DAYS:
        raise InvalidParameter(
            "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive)."
        )


def _of_nothing(name: SecretId, time: datetime) -> DeleteSecretOutput:
    arn = name.arn or arn_of(name.account, name.region, f"{name.name}-{names.new_suffix()}")
    return DeleteSecretOutput(arn, name.name, time)
