"""How a secret is rotated: from what RotateSecret is given to the secret's columns."""

from secrets_app.conditions import Conditions, given, truth
from secrets_app.errors import InvalidParameter, InvalidRequest
from secrets_app.models import Secret
from secrets_app.rotation import functions, schedule, service_role
from secrets_app.rotation.functions import Function
from secrets_app.rotation.models import Kind
from secrets_app.shapes import RotationRules
from service.errors import AccessDenied
from service.operation import Check
from service.resource import Resource

COLUMNS = (
    *("rotation_enabled", "rotation_function", "rotation_days", "rotation_schedule"),
    *("rotation_duration", "rotation_due", "next_rotation"),
)


def conditions(arn: str | None, rules: RotationRules | None, immediately: bool) -> Conditions:
    """The condition keys that a RotateSecret answers."""
    found = given(RotationLambdaARN=arn, RotateImmediately=immediately)
    return {**found, "secretsmanager:ModifyRotationRules": truth(rules is not None)}


def invocation(row: Secret, arn: str) -> Check:
    """May the caller have the function run? It has to be one of the secret's account and region."""
    found = functions.find(row.account, row.region, arn)
    missing = None if found is not None else cannot_invoke()
    resource = Resource(arn, row.account, functions.TYPE, missing=missing)
    return Check("lambda:InvokeFunction", resource)


def set_function(row: Secret, arn: str | None) -> None:
    """Have the secret rotated by the function; by the one it has, where none is named.

    Raises InvalidRequest if it has none, AccessDenied if there is none of that name.
    """
    row.rotation_function = arn or row.rotation_function
    if not row.rotation_function:
        raise InvalidRequest("No Lambda rotation function ARN is associated with this secret.")
    found = functions.find(row.account, row.region, row.rotation_function)
    if found is None:
        raise cannot_invoke()
    _require_role(found)
    row.rotation_enabled = True


def set_rules(row: Secret, rules: RotationRules | None) -> None:
    """Have the secret rotated by the rules; by those it has, where none are given.

    Raises InvalidParameter if they are not sound.
    """
    if rules is None:
        return
    days, expression = rules.automatically_after_days, rules.schedule_expression or ""
    schedule.parse(days, expression, rules.duration or "")
    row.rotation_days, row.rotation_schedule = days, expression
    row.rotation_duration = rules.duration or ""


def refuse_partners(metadata: object, role: str | None) -> None:
    """No partner's secrets are managed here."""
    if metadata or role:
        raise InvalidParameter(
            "Secrets that a partner holds are not rotated here: leave out "
            "ExternalSecretRotationMetadata and ExternalSecretRotationRoleArn."
        )


def cannot_invoke() -> AccessDenied:
    return AccessDenied(
        "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function "
        "policy grants access to the principal secretsmanager.amazonaws.com."
    )


def _require_role(function: Function) -> None:
    """A built-in function acts as a role of its account, made the first time it is needed."""
    if function.was_given_role or function.kind is not Kind.BUILT_IN:
        return
    if service_role.make(function.account) is None:
        raise InvalidRequest(
            f"Rotation needs a role named {service_role.NAME} of its own, and another role has "
            "that name."
        )
