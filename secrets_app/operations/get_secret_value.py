"""secretsmanager:GetSecretValue."""

from secrets_app import reading
from secrets_app.conditions import Conditions
from secrets_app.on_secrets import SecretOperation
from secrets_app.shapes import SecretValue
from service.operation import Call
from service.value import value


@value
class GetSecretValueInput:
    secret_id: str
    version_id: str | None = None
    version_stage: str | None = None


class GetSecretValue(SecretOperation[GetSecretValueInput, SecretValue]):
    """Tells the value of a secret: of its current version, or of one by id or staging label."""

    name = "secretsmanager:GetSecretValue"

    def conditions(self, given: GetSecretValueInput) -> Conditions:
        return reading.conditions_of(given.version_id, given.version_stage)

    def run(self, call: Call, given: GetSecretValueInput) -> SecretValue:
        secret = self.secret(call, given)
        return reading.told(call, secret, given.version_id, given.version_stage)
