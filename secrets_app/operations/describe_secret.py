"""secretsmanager:DescribeSecret."""

from secrets_app import describing, last_access, replicas, tags
from secrets_app.describing import Description
from secrets_app.on_secrets import SecretOperation
from secrets_app.shapes import ReplicationStatus, Stages
from service.operation import Call
from service.value import value


@value
class DescribeSecretInput:
    secret_id: str


@value
class DescribeSecretOutput(Description):
    version_ids_to_stages: Stages | None = None
    replication_status: tuple[ReplicationStatus, ...] | None = None


class DescribeSecret(SecretOperation[DescribeSecretInput, DescribeSecretOutput]):
    """Describes a secret, without its value, also while it waits for its deletion."""

    name = "secretsmanager:DescribeSecret"
    of_deleted = True

    def run(self, call: Call, given: DescribeSecretInput) -> DescribeSecretOutput:
        row = self.secret(call, given).row
        return DescribeSecretOutput(
            **describing.members(row, tags.of(row), last_access.of_secret(row)),
            version_ids_to_stages=describing.stages_of([row]).get(row.pk),
            replication_status=replicas.statuses(row) if row.primary_region else None,
        )
