"""secretsmanager:UpdateSecretVersionStage."""

from secrets_app import conditions, lookup, stages
from secrets_app.conditions import Conditions
from secrets_app.errors import InvalidParameter, ResourceNotFound
from secrets_app.lookup import CURRENT
from secrets_app.models import Secret, SecretVersion
from secrets_app.on_secrets import SecretChange
from secrets_app.shapes import Named
from service.errors import ServiceError
from service.operation import Call
from service.value import value


@value
class UpdateSecretVersionStageInput:
    secret_id: str
    version_stage: str
    remove_from_version_id: str | None = None
    move_to_version_id: str | None = None


class UpdateSecretVersionStage(SecretChange[UpdateSecretVersionStageInput, Named]):
    """Moves a staging label from one version to another, attaches it, or takes it off."""

    name = "secretsmanager:UpdateSecretVersionStage"

    def conditions(self, given: UpdateSecretVersionStageInput) -> Conditions:
        return conditions.given(VersionStage=given.version_stage)

    def change(self, call: Call, given: UpdateSecretVersionStageInput, row: Secret) -> Named:
        label, source, target = (
            *(given.version_stage, given.remove_from_version_id),
            given.move_to_version_id,
        )
        holder = lookup.stages_of(row).get(label)
        if source is None and target is None:
            raise InvalidParameter(
                "You must provide a RemoveFromVersionId, a MoveToVersionId, or both."
            )
        to = None if target is None else _version(row, target)
        if holder is None or to is None or holder.pk != to.pk:
            _require_source(row, label, source, holder)
        if to is not None:
            stages.attach(row, to, [label])
        elif label == CURRENT:
            raise InvalidParameter(
                f"You can only move staging label {CURRENT} to a different secret version. It "
                "can't be completely removed."
            )
        else:
            stages.move(row, label, None)
        return Named(row.arn, row.name)


def _version(row: Secret, version_id: str) -> SecretVersion:
    """Raises ResourceNotFound for a version that is not there, or has no value."""
    version = row.versions.exclude(kind="").filter(version_id=version_id).defer("sealed").first()
    if version is None:
        raise ResourceNotFound(
            f"Secrets Manager can't find the specified secret value for VersionId: {version_id}"
        )
    return version


def _require_source(
    row: Secret, label: str, source: str | None, holder: SecretVersion | None
) -> None:
    """Raise unless the request names the version that the label leaves, if it leaves one."""
    if source is None and holder is None:
        return
    if source is None:
        raise _wrong_source("can't be empty", label, holder)
    if holder is not None and holder.version_id == source:
        return
    if not row.versions.filter(version_id=source).exists():
        raise ResourceNotFound(
            f"Secrets Manager can't find the specified secret value for VersionId: {source}"
        )
    if holder is None:
        raise InvalidParameter(f"Staging label {label} is not attached to version {source}.")
    raise _wrong_source("is not valid", label, holder)


def _wrong_source(what: str, label: str, holder: SecretVersion | None) -> ServiceError:
    return InvalidParameter(
        f"The parameter RemoveFromVersionId {what}. Staging label {label} is currently attached "
        f"to version {holder}, so you must explicitly reference that version in "
        "RemoveFromVersionId."
    )
