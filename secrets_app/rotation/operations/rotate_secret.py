"""secretsmanager:RotateSecret."""

from collections.abc import Iterable
from dataclasses import field

from secrets_app import lookup, versions
from secrets_app.conditions import Conditions
from secrets_app.errors import InvalidParameter
from secrets_app.lookup import CURRENT
from secrets_app.models import Secret
from secrets_app.on_secrets import SecretChange
from secrets_app.rotation import beginning, configuring, plan
from secrets_app.sealing import Value
from secrets_app.shapes import MetadataItem, RotationRules
from service.operation import Call, Check
from service.value import value


@value
class RotateSecretInput:
    secret_id: str
    client_request_token: str | None = None
    rotation_lambda_arn: str | None = field(default=None, metadata={"aws": "RotationLambdaARN"})
    rotation_rules: RotationRules | None = None
    external_secret_rotation_metadata: tuple[MetadataItem, ...] | None = None
    external_secret_rotation_role_arn: str | None = None
    rotate_immediately: bool = True


@value
class RotateSecretOutput:
    arn: str = field(metadata={"aws": "ARN"})
    name: str
    version_id: str | None = None


class RotateSecret(SecretChange[RotateSecretInput, RotateSecretOutput]):
    """Configures how a secret is rotated, and begins a rotation or a test of the configuration.

    A worker goes on with it. The token is the id of the version that is made: called again
    with it, nothing is begun twice, and a rotation that failed is tried anew.
    """

    name = "secretsmanager:RotateSecret"

    def checks(self, call: Call, given: RotateSecretInput) -> Iterable[Check]:
        _token(given)
        configuring.refuse_partners(
            given.external_secret_rotation_metadata, given.external_secret_rotation_role_arn
        )
        yield from super().checks(call, given)
        row = self.secret(call, given).row
        self.require_changeable(row)
        arn = given.rotation_lambda_arn or row.rotation_function
        if arn:
            yield configuring.invocation(row, arn)

    def conditions(self, given: RotateSecretInput) -> Conditions:
        return configuring.conditions(
            given.rotation_lambda_arn, given.rotation_rules, given.rotate_immediately
        )

    def prepare(self, call: Call, given: RotateSecretInput, row: Secret) -> None:
        tested = None if given.rotate_immediately else self.current(row)
        if tested is None:
            self.prepare_copies(row)
            return
        versions.prepare(self.values, row, _token(given), tested)
        self.prepare_copies(row, (_token(given), tested))

    def change(self, call: Call, given: RotateSecretInput, row: Secret) -> RotateSecretOutput:
        token, time = _token(given), call.caller.time
        configuring.set_function(row, given.rotation_lambda_arn)
        configuring.set_rules(row, given.rotation_rules)
        if given.rotate_immediately:
            plan.set_next(row, time, time)
            beginning.once(row, token, time)
        else:
            plan.set_next(row, row.last_rotated or time, time)
            tested = self.current(row)
            if tested is not None:
                beginning.test(self.values, row, token, tested, time)
        row.save(update_fields=configuring.COLUMNS)
        return RotateSecretOutput(row.arn, row.name, token if given.rotate_immediately else None)

    def current(self, row: Secret) -> Value | None:
        """What a test of the configuration works on; None if the secret has no value.

        Raises what keeps it from being opened.
        """
        version = lookup.stages_of(row).get(CURRENT)
        if version is None or not version.kind:
            return None
        return self.values.opened(row, version)


def _token(given: RotateSecretInput) -> str:
    if given.client_request_token is None:
        raise InvalidParameter(
            "You must provide a ClientRequestToken value. We recommend a UUID-type value."
        )
    return given.client_request_token
