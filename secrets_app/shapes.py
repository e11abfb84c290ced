"""Shapes of Secrets Manager's model that several operations share."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from service.value import value


@value
class Nothing:
    """The output of operations that have none."""


@value
class Tag:
    key: str = ""
    value: str = ""


@value
class ReplicaRegion:
    """AWS's ReplicaRegionType."""

    region: str = ""
    kms_key_id: str | None = None


@value
class ReplicationStatus:
    """AWS's ReplicationStatusType."""

    region: str
    status: str
    kms_key_id: str | None = None
    status_message: str | None = None
    last_accessed_date: datetime | None = None


@value
class CrossAccountPrimary:
    """AWS's CrossAccountPrimaryType."""

    primary_secret_arn: str = field(metadata={"aws": "PrimarySecretARN"})
    replication_status: str
    status_message: str | None = None


@value
class CrossAccountReplicaEntry:
    replica_secret_arn: str = field(metadata={"aws": "ReplicaSecretARN"})
    replication_status: str
    replication_role_arn: str | None = field(default=None, metadata={"aws": "ReplicationRoleARN"})
    status_message: str | None = None


@value
class RotationRules:
    automatically_after_days: int | None = None
    duration: str | None = None
    schedule_expression: str | None = None


@value
class MetadataItem:
    """AWS's ExternalSecretRotationMetadataItem."""

    key: str = ""
    value: str = ""


@value
class Filter:
    key: str | None = None
    values: tuple[str, ...] | None = None


@value
class SecretValue:
    """A version of a secret with its value: AWS's SecretValueEntry, and GetSecretValue's answer."""

    arn: str = field(metadata={"aws": "ARN"})
    name: str
    version_id: str
    created_date: datetime
    secret_binary: bytes | None = field(default=None, repr=False)
    secret_string: str | None = field(default=None, repr=False)
    version_stages: tuple[str, ...] | None = None


@value
class Named:
    """What many operations answer: the secret."""

    arn: str = field(metadata={"aws": "ARN"})
    name: str


Stages = Mapping[str, tuple[str, ...]]  # a version's id to its staging labels
