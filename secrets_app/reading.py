"""What the operations that tell values have in common."""

from secrets_app import conditions, last_access, lookup, sealing
from secrets_app.conditions import Conditions
from secrets_app.errors import InvalidRequest, ResourceNotFound
from secrets_app.lookup import CURRENT, Loaded
from secrets_app.models import SecretVersion
from secrets_app.shapes import SecretValue
from service.caller import Caller
from service.operation import Call


def conditions_of(version_id: str | None, stage: str | None) -> Conditions:
    """The condition keys that a request for a value answers: who names no version means a label."""
    if version_id is None and stage is None:
        stage = CURRENT
    return conditions.given(VersionId=version_id, VersionStage=stage)


def told(
    call: Call, secret: Loaded, version_id: str | None = None, stage: str | None = None
) -> SecretValue:
    """The value of the version that is named, the current one's if none is.

    Raises ResourceNotFound, InvalidRequest, and as `sealing.opened`.
    """
    version = _version(call.caller, secret, version_id, stage)
    sealed = lookup.sealed_of(call.caller, version)
    if sealed is None:
        raise _no_value(version_id, stage)
    opened = sealing.opened(call.caller, secret.row, version, sealed)
    last_access.watch(call, secret.row, version)
    return SecretValue(
        arn=secret.arn,
        name=secret.row.name,
        version_id=version.version_id,
        secret_binary=opened.binary,
        secret_string=opened.text,
        version_stages=secret.stages_of(version) or None,
        created_date=version.created,
    )


def _version(
    caller: Caller, secret: Loaded, version_id: str | None, stage: str | None
) -> SecretVersion:
    if version_id is None:
        version = secret.versions.get(stage or CURRENT)
    else:
        version = lookup.version_of(caller, secret, version_id)
    if version is None:
        raise _no_value(version_id, stage)
    if version_id is not None and stage is not None and stage not in secret.stages_of(version):
        raise InvalidRequest(
            "You provided a VersionStage that is not associated to the provided VersionId."
        )
    return version


def _no_value(version_id: str | None, stage: str | None) -> ResourceNotFound:
    what = f"VersionId: {version_id}" if version_id else f"staging label: {stage or CURRENT}"
    return ResourceNotFound(f"Secrets Manager can't find the specified secret value for {what}")
