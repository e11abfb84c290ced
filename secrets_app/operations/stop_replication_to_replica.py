"""secretsmanager:StopReplicationToReplica."""

from collections.abc import Iterable
from dataclasses import field

from secrets_app import cross_account, lookup, on_secrets, replicas
from secrets_app.errors import InvalidRequest
from secrets_app.models import Secret
from secrets_app.on_secrets import SecretChange
from service.operation import Call, Check
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

    def checks(self, call: Call, given: StopReplicationToReplicaInput) -> Iterable[Check]:
        yield from super().checks(call, given)
        named = lookup.named(call, given.secret_id)
        if named.secret is not None and named.secret.row.cross_account_primary:
            yield on_secrets.check(call, "secretsmanager:DeleteResourcePolicy", named)

    def change(
        self, call: Call, given: StopReplicationToReplicaInput, row: Secret
    ) -> StopReplicationToReplicaOutput:
        if not row.is_replica:
            raise InvalidRequest("You can only stop the replication of a secret that is a replica.")
        if row.cross_account_primary:
            cross_account.promote(row)
        else:
            replicas.promote(row)
        return StopReplicationToReplicaOutput(row.arn)
