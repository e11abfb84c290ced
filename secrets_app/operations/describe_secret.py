"""secretsmanager:DescribeSecret."""

from secrets_app import cross_account, describing, last_access, replicas
from secrets_app.describing import Description
from secrets_app.on_secrets import SecretOperation
from secrets_app.shapes import (
    CrossAccountPrimary,
    CrossAccountReplicaEntry,
    ReplicationStatus,
    Stages,
)
from service.operation import Call
from service.value import value


@value
class DescribeSecretInput:
    secret_id: str


@value
class DescribeSecretOutput(Description):
    version_ids_to_stages: Stages | None = None
    replication_status: tuple[ReplicationStatus, ...] | None = None
    cross_account_primary: CrossAccountPrimary | None = None
    cross_account_replicas: tuple[CrossAccountReplicaEntry, ...] | None = None


class DescribeSecret(SecretOperation[DescribeSecretInput, DescribeSecretOutput]):
    """Describes a secret, without its value, also while it waits for its deletion."""

    name = "secretsmanager:DescribeSecret"
    of_deleted = True

    def run(self, call: Call, given: DescribeSecretInput) -> DescribeSecretOutput:
        secret = self.secret(call, given)
        row, named = secret.row, secret.resource.tags
        return DescribeSecretOutput(
            **describing.members(row, named, last_access.of_secret(secret)),
            version_ids_to_stages=secret.stages or None,
            replication_status=replicas.statuses(row) if row.primary_region else None,
            cross_account_primary=cross_account.primary_told(row),
            cross_account_replicas=cross_account.replicas_told(call.caller, row),
        )
