"""Versions of a secret: made once for each token, and dropped when nobody can want them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from secrets_app import own_accord, stages
from secrets_app.errors import InvalidRequest, ResourceExists
from secrets_app.lookup import CURRENT
from secrets_app.models import Secret, SecretVersion
from secrets_app.rotation import plan
from secrets_app.sealing import Value
from secrets_app.values import Values, are_equal
from service.errors import ServiceError

MOST_VERSIONS = 100
KEPT = timedelta(hours=24)


def required_token(token: str | None) -> str:
    """The id of the version to be: the client's ClientRequestToken. Raises InvalidRequest."""
    if token is None:
        raise InvalidRequest(
            "You must provide a ClientRequestToken value. We recommend a UUID-type value."
        )
    return token


def repeated(values: Values, row: Secret, token: str, given: Value) -> SecretVersion | None:
    """The version that the token has made already; None if it has not.

    Raises ResourceExists if it was of another value.
    """
    version = row.versions.filter(version_id=token).defer("sealed").first()
    if version is None or not version.kind:
        return None
    if not are_equal(values.opened(row, version), given):
        raise token_in_use(row, token)
    return version


def token_in_use(row: Secret, token: str) -> ServiceError:
    return ResourceExists(
        f"You can't use ClientRequestToken {token} because that value is already in use for a "
        f"version of secret {row.arn}."
    )


def prepare(values: Values, row: Secret, token: str, given: Value) -> None:
    """Seal the value, unless the token has made its version already."""
    if row.versions.filter(version_id=token, sealed__isnull=False).exists():
        return
    values.sealed(row, token, given)


def add(
    values: Values, row: Secret, token: str, given: Value, labels: Sequence[str], time: datetime
) -> SecretVersion:
    """Make the version, whose secret's row is locked, with the labels.

    The first to be current is it unasked. A version that a rotation began gets its value.
    """
    sealed = values.sealed(row, token, given)
    version, _ = SecretVersion.objects.update_or_create(
        secret=row,
        version_id=token,
        defaults={"kind": given.kind, "sealed": sealed, "kms_key": row.kms_key},
        create_defaults={
            "kind": given.kind,
            "sealed": sealed,
            "kms_key": row.kms_key,
            "created": time,
        },
    )
    values.knows(row, token, given)
    if not row.stages.filter(label=CURRENT).exists():
        labels = [*labels, CURRENT]
    stages.attach(row, version, labels)
    if CURRENT in labels:
        plan.changed_by_hand(row, time)
    drop_old(row, time)
    return version


def drop_old(row: Secret, time: datetime) -> int:
    """Drop what has no label, is older than 24 hours and not among the newest 100 versions."""
    newest = row.versions.order_by("-created", "-id").values_list("pk", flat=True)
    old = row.versions.filter(created__lte=time - KEPT, stages__isnull=True)
    old = old.exclude(pk__in=list(newest[:MOST_VERSIONS]))
    gone = list(old.order_by("created", "id").values_list("pk", "version_id"))
    for pk, version_id in gone:
        SecretVersion.objects.filter(pk=pk).delete()
        own_accord.record(row, "SecretVersionDeletion", time, secretVersionId=version_id)
    return len(gone)
