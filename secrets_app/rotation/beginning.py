"""The beginning of a rotation: a version that is labelled AWSPENDING, for a worker to go on with.

It has no value yet. That of a test is a copy of the current one, and goes when the test ends.
"""

from datetime import datetime

from secrets_app import lookup, own_accord, stages, versions
from secrets_app.errors import InvalidRequest
from secrets_app.lookup import CURRENT, PENDING
from secrets_app.models import Secret, SecretVersion
from secrets_app.rotation import attempts
from secrets_app.rotation.models import Rotation, State
from secrets_app.sealing import Value
from secrets_app.values import Values


def once(row: Secret, version_id: str, time: datetime) -> None:
    """Begin a rotation that makes the version, unless one has made it or is about to.

    One that waits for its next attempt need not wait any more. Raises InvalidRequest while
    another is not complete.
    """
    last = Rotation.objects.filter(secret=row, version_id=version_id, is_test=False).last()
    if last is not None and last.state == State.SUCCEEDED:
        return
    if last is not None and last.finished is None:
        if last.state == State.WAITING:
            attempts.hasten(last, time)
        return
    _require_free(row, version_id)
    if _left_behind(row) != version_id:
        _require_unused(row, version_id)
    _begin(row, version_id, time)


def test(values: Values, row: Secret, version_id: str, current: Value, time: datetime) -> None:
    """Begin a test of how the secret's rotation is configured. Raises as `once`."""
    if Rotation.objects.filter(secret=row, version_id=version_id, is_test=True).exists():
        return
    _require_free(row, "")
    _require_unused(row, version_id)
    versions.add(values, row, version_id, current, (), time)
    _begin(row, version_id, time, is_test=True)


def scheduled(row: Secret, fresh: str, time: datetime) -> None:
    """Begin the rotation that is due by the secret's schedule.

    It goes on with what an earlier one left behind; where there is nothing, the version's id
    is `fresh`.
    """
    if unfinished(row) is not None:
        return
    version_id = _left_behind(row) or fresh
    until = row.next_rotation if row.rotation_duration else None
    _begin(row, version_id, time, is_scheduled=True, until=until)


def unfinished(row: Secret) -> Rotation | None:
    """The rotation, or test, that goes on."""
    return Rotation.objects.filter(secret=row, finished__isnull=True).first()


def _begin(
    row: Secret,
    version_id: str,
    time: datetime,
    *,
    is_test: bool = False,
    is_scheduled: bool = False,
    until: datetime | None = None,
) -> None:
    version, _ = SecretVersion.objects.get_or_create(
        secret=row, version_id=version_id, defaults={"created": time}
    )
    stages.attach(row, version, [PENDING])
    rotation = Rotation.objects.create(
        secret=row,
        version_id=version_id,
        function=row.rotation_function,
        is_test=is_test,
        is_scheduled=is_scheduled,
        started=time,
        next_attempt=time,
        until=until,
    )
    name = "TestRotationStarted" if is_test else "RotationStarted"
    own_accord.record(row, name, time, secretVersionId=version_id)
    attempts.put(rotation)


def _require_free(row: Secret, version_id: str) -> None:
    """Raise InvalidRequest while another rotation is not complete, as AWS understands that.

    One that failed leaves AWSPENDING on its version, and can be gone on with by its id.
    """
    if unfinished(row) is not None or _left_behind(row) not in ("", version_id):
        raise InvalidRequest(
            "A previous rotation isn't complete. That rotation will be reattempted."
        )


def _require_unused(row: Secret, version_id: str) -> None:
    if row.versions.filter(version_id=version_id).exists():
        raise InvalidRequest(
            f"You can't use ClientRequestToken {version_id} because that value is already in use "
            f"for a version of secret {row.arn}."
        )


def _left_behind(row: Secret) -> str:
    """The id of a version that is AWSPENDING and not current; empty if there is none."""
    have = lookup.stages_of(row)
    pending, current = have.get(PENDING), have.get(CURRENT)
    return "" if pending is None or pending == current else pending.version_id
