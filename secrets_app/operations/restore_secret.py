"""secretsmanager:RestoreSecret."""

from secrets_app.models import Secret
from secrets_app.on_secrets import SecretChange
from secrets_app.shapes import Named
from service.operation import Call
from service.value import value


@value
class RestoreSecretInput:
    secret_id: str


class RestoreSecret(SecretChange[RestoreSecretInput, Named]):
    """Takes a scheduled deletion back; what none is scheduled for stays as it is."""

    name = "secretsmanager:RestoreSecret"
    of_deleted = True

    def change(self, call: Call, given: RestoreSecretInput, row: Secret) -> Named:
        row.deletion_date = None
        row.save(update_fields=["deletion_date"])
        return Named(row.arn, row.name)
