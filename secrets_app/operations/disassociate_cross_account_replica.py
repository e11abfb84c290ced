"""secretsmanager:DisassociateCrossAccountReplica."""

from dataclasses import field

from secrets_app import cross_account
from secrets_app.errors import ResourceNotFound
from secrets_app.models import Secret
from secrets_app.on_secrets import SecretChange
from service.operation import Call
from service.value import value


@value
class DisassociateCrossAccountReplicaInput:
    secret_id: str
    cross_account_replica_arn: str = field(metadata={"aws": "CrossAccountReplicaARN"})


@value
class DisassociateCrossAccountReplicaOutput:
    arn: str = field(metadata={"aws": "ARN"})
    cross_account_replica_arn: str = field(metadata={"aws": "CrossAccountReplicaARN"})


class DisassociateCrossAccountReplica(
    SecretChange[DisassociateCrossAccountReplicaInput, DisassociateCrossAccountReplicaOutput]
):
    """Has a replica in another account follow a secret no more. It stays, and stays a replica."""

    name = "secretsmanager:DisassociateCrossAccountReplica"

    def change(
        self, call: Call, given: DisassociateCrossAccountReplicaInput, row: Secret
    ) -> DisassociateCrossAccountReplicaOutput:
        link = cross_account.of_primary(row)
        if link is None or link.replica.arn != given.cross_account_replica_arn:
            raise ResourceNotFound
        cross_account.detach(link)
        return DisassociateCrossAccountReplicaOutput(row.arn, given.cross_account_replica_arn)
