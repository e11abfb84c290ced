"""secretsmanager:RemoveRegionsFromReplication."""

from secrets_app import replicas
from secrets_app.models import Secret
from secrets_app.on_secrets import SecretChange
from secrets_app.operations.replicate_secret_to_regions import ReplicationOutput
from service.operation import Call
from service.value import value


@value
class RemoveRegionsFromReplicationInput:
    secret_id: str
    remove_replica_regions: tuple[str, ...]


class RemoveRegionsFromReplication(
    SecretChange[RemoveRegionsFromReplicationInput, ReplicationOutput]
):
    """Deletes a secret's replicas in the regions at once; where there is none is no error."""

    name = "secretsmanager:RemoveRegionsFromReplication"

    def change(
        self, call: Call, given: RemoveRegionsFromReplicationInput, row: Secret
    ) -> ReplicationOutput:
        replicas.remove(row, given.remove_replica_regions)
        return ReplicationOutput(row.arn, replicas.statuses(row) or ())
