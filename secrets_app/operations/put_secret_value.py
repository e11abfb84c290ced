"""secretsmanager:PutSecretValue."""

from collections.abc import Iterable
from dataclasses import field

from secrets_app import stages, values, versions
from secrets_app.lookup import CURRENT
from secrets_app.models import Secret, SecretVersion
from secrets_app.on_secrets import SecretChange
from secrets_app.rotation import tokens
from service.operation import Call, Check
from service.value import value


@value
class PutSecretValueInput:
    secret_id: str
    client_request_token: str | None = None
    secret_binary: bytes | None = field(default=None, repr=False)
    secret_string: str | None = field(default=None, repr=False)
    version_stages: tuple[str, ...] = (CURRENT,)
    rotation_token: str | None = field(default=None, repr=False)


@value
class PutSecretValueOutput:
    arn: str = field(metadata={"aws": "ARN"})
    name: str
    version_id: str
    version_stages: tuple[str, ...] | None = None


class PutSecretValue(SecretChange[PutSecretValueInput, PutSecretValueOutput]):
    """Gives a secret another version; the token says which, so that it is made once."""

    name = "secretsmanager:PutSecretValue"

    def checks(self, call: Call, given: PutSecretValueInput) -> Iterable[Check]:
        versions.required_token(given.client_request_token)
        values.required(given.secret_string, given.secret_binary)
        yield from super().checks(call, given)

    def prepare(self, call: Call, given: PutSecretValueInput, row: Secret) -> None:
        token = versions.required_token(given.client_request_token)
        new = values.required(given.secret_string, given.secret_binary)
        versions.prepare(self.values, row, token, new)
        self.prepare_copies(row, (token, new))

    def change(self, call: Call, given: PutSecretValueInput, row: Secret) -> PutSecretValueOutput:
        token = versions.required_token(given.client_request_token)
        new = values.required(given.secret_string, given.secret_binary)
        tokens.require(row, given.rotation_token)
        version: SecretVersion | None = versions.repeated(self.values, row, token, new)
        if version is None:
            time = call.caller.time
            version = versions.add(self.values, row, token, new, given.version_stages, time)
        labels = stages.labels_of(row, version)
        return PutSecretValueOutput(row.arn, row.name, token, labels or None)
