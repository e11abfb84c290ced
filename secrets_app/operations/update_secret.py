"""secretsmanager:UpdateSecret."""

from collections.abc import Iterable
from dataclasses import field

from secrets_app import conditions, rekeying, sealing, values, versions
from secrets_app.conditions import Conditions
from secrets_app.lookup import CURRENT
from secrets_app.models import Secret
from secrets_app.on_secrets import SecretChange
from secrets_app.sealing import Value
from service.operation import Call, Check
from service.value import value


@value
class UpdateSecretInput:
    secret_id: str
    client_request_token: str | None = None
    description: str | None = None
    kms_key_id: str | None = None
    secret_binary: bytes | None = field(default=None, repr=False)
    secret_string: str | None = field(default=None, repr=False)
    type: str | None = None


@value
class UpdateSecretOutput:
    arn: str = field(metadata={"aws": "ARN"})
    name: str
    version_id: str | None = None


class UpdateSecret(SecretChange[UpdateSecretInput, UpdateSecretOutput]):
    """Changes what a secret is like, its key, and its value. What is not given stays."""

    name = "secretsmanager:UpdateSecret"

    def checks(self, call: Call, given: UpdateSecretInput) -> Iterable[Check]:
        versions.required_token(given.client_request_token)
        _value(given)
        yield from super().checks(call, given)

    def conditions(self, given: UpdateSecretInput) -> Conditions:
        return conditions.given(
            Description=given.description, KmsKeyId=given.kms_key_id, Type=given.type
        )

    def prepare(self, call: Call, given: UpdateSecretInput, row: Secret) -> None:
        token, new = versions.required_token(given.client_request_token), _value(given)
        target = _with_key(row, given)
        if target.kms_key != row.kms_key:
            rekeying.prepare(self.values, row, target)
        if new is not None:
            versions.prepare(self.values, target, token, new)
        self.prepare_copies(row, None if new is None else (token, new))

    def change(self, call: Call, given: UpdateSecretInput, row: Secret) -> UpdateSecretOutput:
        token, new = versions.required_token(given.client_request_token), _value(given)
        target = _with_key(row, given)
        if target.kms_key != row.kms_key:
            rekeying.rekey(self.values, row, target)
        row.kms_key = target.kms_key
        if given.description is not None:
            row.description = given.description
        if given.type is not None:
            row.partner_type = given.type
        row.save(update_fields=["kms_key", "description", "partner_type"])
        if new is None:
            return UpdateSecretOutput(row.arn, row.name)
        if versions.repeated(self.values, row, token, new) is None:
            versions.add(self.values, row, token, new, [CURRENT], call.caller.time)
        return UpdateSecretOutput(row.arn, row.name, token)


def _value(given: UpdateSecretInput) -> Value | None:
    return values.given(given.secret_string, given.secret_binary)


def _with_key(row: Secret, given: UpdateSecretInput) -> Secret:
    """The secret as it would be under the key that the request names."""
    if given.kms_key_id is None:
        return row
    key = sealing.stored_key(row.account, row.region, given.kms_key_id)
    return Secret(
        pk=row.pk,
        account=row.account,
        region=row.region,
        name=row.name,
        suffix=row.suffix,
        kms_key=key,
    )
