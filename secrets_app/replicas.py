"""Replicas: a secret's copies in other regions, kept in step with it.

A copy is a secret with a name and suffix like its primary's. Every change of the primary
ends with `follow`, in the same transaction: the copies are like it when the change is
answered. A value is sealed for each copy under the copy's own key, as the caller. What the
caller cannot do there leaves that copy behind, and its status says so.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time

from secrets_app import lookup, sealing, stages, tags
from secrets_app.errors import InvalidParameter
from secrets_app.models import NEVER, Replica, Secret, SecretVersion, Status
from secrets_app.sealing import Value
from secrets_app.shapes import ReplicaRegion, ReplicationStatus
from secrets_app.values import Values
from service.errors import ServiceError
from service.regions import partition_of, served_regions

New = tuple[str, Value] | None
SHARED = (
    *("description", "policy", "was_tagged", "owning_service", "primary_region"),
    *("rotation_enabled", "rotation_function", "rotation_days", "rotation_schedule"),
    *("rotation_duration", "last_rotated", "next_rotation", "partner_type"),
)


def require_sound(region: str, wanted: Sequence[ReplicaRegion]) -> None:
    """Raise InvalidParameter unless a secret of the region can have replicas there."""
    names = [each.region for each in wanted]
    for name in names:
        served = name in served_regions() and partition_of(name) == partition_of(region)
        if name == region or not served or names.count(name) > 1:
            raise InvalidParameter("Invalid replica region.")


def planned(row: Secret, wanted: Sequence[ReplicaRegion]) -> list[Secret]:
    """The copies to be, not saved: what the values are sealed for."""
    return [_new(row, each) for each in wanted]


def prepare(values: Values, row: Secret, copies: Iterable[Secret] = (), new: New = None) -> None:
    """Seal what `follow` will want: for the copies that there are, and for those to be.

    `new`: the id and the value of the version that is about to be made.
    """
    for copy in [*_copies(row), *copies]:
        with suppress(ServiceError):  # it fails in the same way when the copy is written
            seal_for(values, row, copy, new)


def seal_for(values: Values, row: Secret, copy: Secret, new: New = None) -> None:
    """Seal for the copy what `bring` will want. Raises as `sealing.opened` and `sealing.seal`."""
    for version in _wanted(row, copy):
        values.sealed(copy, version.version_id, values.opened(row, version))
    if new is not None:
        values.sealed(copy, *new)


def add(row: Secret, wanted: Sequence[ReplicaRegion], *, force: bool) -> None:
    """Have replicas in these regions too, each a copy that `follow` will fill.

    Where the name is taken the replica fails, unless by `force`.
    """
    if not row.primary_region:
        row.primary_region = row.region
        row.save(update_fields=["primary_region"])
    for each in wanted:
        copy = _new(row, each)
        replica, _ = Replica.objects.get_or_create(
            secret=row,
            region=each.region,
            defaults={"kms_key": copy.kms_key, "status": Status.IN_PROGRESS},
        )
        taken = Secret.objects.filter(
            account=row.account, region=each.region, name=row.name
        ).first()
        if taken is not None and taken.primary_id == row.pk:
            continue
        if taken is not None and not (force and _may_go(taken)):
            text = f"Replication failed: Secret name {row.name} already exists in region"
            _tell(replica, Status.FAILED, f"{text} {each.region}.")
            continue
        if taken is not None:
            taken.delete()
        replica.kms_key = copy.kms_key
        replica.save(update_fields=["kms_key"])
        copy.primary_region = row.primary_region
        copy.save()


def follow(values: Values, row: Secret, now: datetime) -> None:
    """Bring the secret's copies in step with it. Its row is locked."""
    for copy in _copies(row):
        replica = row.replicas.get(region=copy.region)
        try:
            tags.write(copy, lookup.read_tags(row))
            bring(values, row, copy, now, SHARED)
        except ServiceError as error:
            _tell(replica, Status.FAILED, f"Replication failed: {error.for_people}")
        else:
            _tell(replica, Status.IN_SYNC, "")


def remove(row: Secret, regions: Iterable[str]) -> None:
    """The copies in the regions are gone at once."""
    regions = list(regions)
    Secret.objects.filter(primary=row, region__in=regions).delete()
    row.replicas.filter(region__in=regions).delete()
    _settle(row)


def promote(copy: Secret) -> None:
    """Make a copy a secret of its own."""
    primary, copy.primary, copy.primary_region = copy.primary, None, ""
    copy.save(update_fields=["primary", "primary_region"])
    if primary is not None:
        primary.replicas.filter(region=copy.region).delete()
        _settle(primary)


def statuses(row: Secret) -> tuple[ReplicationStatus, ...] | None:
    """As a primary tells of its replicas; None if it has none."""
    accessed = dict(row.copies.values_list("region", "accessed"))
    found = tuple(
        ReplicationStatus(
            region=each.region,
            kms_key_id=each.kms_key or sealing.DEFAULT_KEY,
            status=each.status,
            status_message=each.message or None,
            last_accessed_date=day(accessed.get(each.region, NEVER)),
        )
        for each in row.replicas.all()
    )
    return found or None


def day(accessed: date) -> datetime | None:
    """A last access as it is told: to the day, or not at all."""
    return None if accessed == NEVER else datetime.combine(accessed, time.min, UTC)


def _copies(row: Secret) -> Iterator[Secret]:
    if row.pk is None or not row.primary_region:
        return iter(())
    return iter(Secret.objects.filter(primary=row).order_by("id"))


def _new(row: Secret, wanted: ReplicaRegion) -> Secret:
    return Secret(
        account=row.account,
        region=wanted.region,
        name=row.name,
        suffix=row.suffix,
        kms_key=sealing.stored_key(row.account, wanted.region, wanted.kms_key_id or ""),
        created=row.created,
        changed=row.changed,
        primary=row if row.pk else None,
    )


def _may_go(taken: Secret) -> bool:
    """Whether a secret may make room for a replica: it has no part in another replication."""
    return not taken.is_replica and not taken.replicas.exists()


def _wanted(row: Secret, copy: Secret) -> list[SecretVersion]:
    """The labelled versions with a value that the copy has not got."""
    if row.pk is None:
        return []
    have: set[str] = set()
    if copy.pk is not None:
        have.update(copy.versions.exclude(kind="").values_list("version_id", flat=True))
    found = {each.version_id: each for each in lookup.stages_of(row).values() if each.kind}
    return [each for name, each in found.items() if name not in have]


def bring(values: Values, row: Secret, copy: Secret, now: datetime, shared: Sequence[str]) -> None:
    """Have the columns, versions and staging labels of the secret on its copy.

    Raises what keeps a value from being sealed for the copy; its labels are then as before.
    """
    for column in shared:
        setattr(copy, column, getattr(row, column))
    copy.changed = now
    copy.save(update_fields=[*shared, "changed"])
    for version in _wanted(row, copy):
        value = values.opened(row, version)
        columns = {
            "kind": version.kind,
            "sealed": values.sealed(copy, version.version_id, value),
            "kms_key": copy.kms_key,
        }
        SecretVersion.objects.update_or_create(
            secret=copy,
            version_id=version.version_id,
            defaults=columns,
            create_defaults={**columns, "created": version.created},
        )
    _bring_stages(row, copy)
    kept = row.versions.values_list("version_id", flat=True)
    copy.versions.exclude(version_id__in=list(kept)).delete()


def _bring_stages(row: Secret, copy: Secret) -> None:
    wanted = {label: version.version_id for label, version in lookup.stages_of(row).items()}
    have = {label: version.version_id for label, version in lookup.stages_of(copy).items()}
    if wanted == have:
        return
    there = {version.version_id: version for version in copy.versions.defer("sealed")}
    copy.stages.all().delete()
    for label, version_id in wanted.items():
        if version_id not in there:  # a rotation has begun it
            there[version_id] = SecretVersion.objects.create(
                secret=copy, version_id=version_id, created=copy.changed
            )
        stages.move(copy, label, there[version_id])


def _tell(replica: Replica, status: str, message: str) -> None:
    replica.status, replica.message = status, message[:4096]
    replica.save(update_fields=["status", "message"])


def _settle(row: Secret) -> None:
    """A secret without replicas is no primary."""
    if row.primary_region and not row.replicas.exists():
        row.primary_region = ""
        row.save(update_fields=["primary_region"])
