"""Secrets as DescribeSecret and ListSecrets tell them: what a secret has not got is absent."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date, datetime
from typing import Any

from secrets_app import replicas, tags
from secrets_app.models import Secret, SecretTag, Stage
from secrets_app.shapes import MetadataItem, RotationRules, Stages, Tag
from service.value import value


@value
class Description:
    """What both tell."""

    arn: str = field(metadata={"aws": "ARN"})
    name: str
    created_date: datetime
    last_changed_date: datetime
    type: str | None = None
    description: str | None = None
    kms_key_id: str | None = None
    rotation_enabled: bool | None = None
    rotation_lambda_arn: str | None = field(default=None, metadata={"aws": "RotationLambdaARN"})
    rotation_rules: RotationRules | None = None
    external_secret_rotation_metadata: tuple[MetadataItem, ...] | None = None
    external_secret_rotation_role_arn: str | None = None
    last_rotated_date: datetime | None = None
    last_accessed_date: datetime | None = None
    deleted_date: datetime | None = None
    next_rotation_date: datetime | None = None
    tags: tuple[Tag, ...] | None = None
    owning_service: str | None = None
    primary_region: str | None = None


@value
class SecretListEntry(Description):
    secret_versions_to_stages: Stages | None = None


def members(row: Secret, named: Mapping[str, str], accessed: date) -> dict[str, Any]:
    """The members of a Description; `named` are the secret's tags."""
    return {
        "arn": row.arn,
        "name": row.name,
        "created_date": row.created,
        "last_changed_date": row.changed,
        "type": row.partner_type or None,
        "description": row.description or None,
        "kms_key_id": row.kms_key or None,
        **_rotation(row),
        "last_accessed_date": replicas.day(accessed),
        "deleted_date": row.deletion_date,
        "tags": tags.told(row, named),
        "owning_service": row.owning_service or None,
        "primary_region": row.primary_region or None,
    }


def stages_of(rows: Sequence[Secret]) -> Mapping[int, Stages]:
    """Of each secret, by its key, the ids of its labelled versions with their labels."""
    found: defaultdict[int, dict[str, tuple[str, ...]]] = defaultdict(dict)
    labels = Stage.objects.filter(secret__in=rows).order_by("id")
    for secret, version, label in labels.values_list("secret_id", "version__version_id", "label"):
        found[secret][version] = (*found[secret].get(version, ()), label)
    return found


def entries(rows: Sequence[Secret]) -> tuple[SecretListEntry, ...]:
    """ListSecrets's entries: two queries, however many there are."""
    stages, of_tags = stages_of(rows), tags_of(rows)
    return tuple(
        SecretListEntry(
            **members(row, of_tags.get(row.pk, {}), row.accessed),
            secret_versions_to_stages=stages.get(row.pk),
        )
        for row in rows
    )


def tags_of(rows: Sequence[Secret]) -> Mapping[int, Mapping[str, str]]:
    """Of each secret, by its key, the tags."""
    found: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for each in SecretTag.objects.filter(secret__in=rows).order_by("id"):
        found[each.secret_id][each.name] = each.value
    return found


def _rotation(row: Secret) -> dict[str, Any]:
    """Nothing of a secret that was never configured for rotation."""
    if row.rotation_enabled is None:
        return {}
    metadata = tuple(MetadataItem(**each) for each in row.partner_metadata)
    return {
        "rotation_enabled": row.rotation_enabled,
        "rotation_lambda_arn": row.rotation_function or None,
        "rotation_rules": RotationRules(
            row.rotation_days, row.rotation_duration or None, row.rotation_schedule or None
        ),
        "external_secret_rotation_metadata": metadata or None,
        "external_secret_rotation_role_arn": row.partner_role or None,
        "last_rotated_date": row.last_rotated if row.rotation_enabled else None,
        "next_rotation_date": row.next_rotation if row.rotation_enabled else None,
    }
