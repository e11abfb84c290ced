"""secretsmanager:StopReplicationToReplica."""

from dataclasses import field

from secrets_app import replicas
from secrets_app.errors import InvalidRequest
from secrets_app.models import Secret
from secrets_app.on_secrets import SecretChange
from service.operation import Call
from service.value import value


@value
class StopReplicationToReplicaInput:
    secret_id: str


@value
class StopReplicationToReplicaOutput:
    arn: str = field(metadata={"aws": "ARN"})


class StopReplicationToReplica(
    SecretChange[StopReplicationToReplicaInput, StopReplicationToReplicaOutput]
):
    """Makes a replica a secret of its own, which follows nobody."""

    name = "secretsmanager:StopReplicationToReplica"
    of_replica = True

    def change(
        self, call: Call, given: StopReplicationToReplicaInput, row: Secret
    ) -> StopReplicationToReplicaOutput:
        if not row.is_replica:
            raise InvalidRequest("You can only stop the replication of a secret that is a replica.")
        replicas.promote(row)
        return StopReplicationToReplicaOutput(row.arn)
