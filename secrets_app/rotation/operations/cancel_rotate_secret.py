"""secretsmanager:CancelRotateSecret."""

from dataclasses import field

from secrets_app.models import Secret
from secrets_app.on_secrets import SecretChange
from secrets_app.rotation import beginning, outcome, plan
from service.operation import Call
from service.value import value


@value
class CancelRotateSecretInput:
    secret_id: str


@value
class CancelRotateSecretOutput:
    arn: str = field(metadata={"aws": "ARN"})
    name: str
    version_id: str | None = None


class CancelRotateSecret(SecretChange[CancelRotateSecretInput, CancelRotateSecretOutput]):
    """Turns a secret's rotation off, and ends one that goes on. Its labels stay as they are.

    A test that goes on takes its version along: nobody would go on with that one.
    """

    name = "secretsmanager:CancelRotateSecret"

    def change(
        self, call: Call, given: CancelRotateSecretInput, row: Secret
    ) -> CancelRotateSecretOutput:
        going_on = beginning.unfinished(row)
        if going_on is not None:
            outcome.cancel(going_on, row, call.caller.time, call.caller.door)
        if row.rotation_enabled is not None:
            row.rotation_enabled = False
            plan.set_next(row, call.caller.time, call.caller.time)
            row.save(update_fields=["rotation_enabled", *plan.COLUMNS])
        version_id = None if going_on is None else going_on.version_id
        return CancelRotateSecretOutput(row.arn, row.name, version_id)
