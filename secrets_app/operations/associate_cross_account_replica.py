"""secretsmanager:AssociateCrossAccountReplica."""

from collections.abc import Iterable
from dataclasses import field

from secrets_app import cross_account, lookup, on_secrets, sealing
from secrets_app.errors import InvalidRequest, LimitExceeded
from secrets_app.lookup import Named
from secrets_app.models import CrossAccountReplica, Secret, Status
from secrets_app.on_secrets import SecretChange
from service.operation import Call, Check
from service.resource import Resource
from service.value import value


@value
class AssociateCrossAccountReplicaInput:
    secret_id: str
    cross_account_replica_arn: str = field(metadata={"aws": "CrossAccountReplicaARN"})
    replica_restriction: str | None = None
    replication_role_arn: str | None = field(default=None, metadata={"aws": "ReplicationRoleARN"})


@value
class AssociateCrossAccountReplicaOutput:
    arn: str = field(metadata={"aws": "ARN"})
    cross_account_replica_arn: str = field(metadata={"aws": "CrossAccountReplicaARN"})
    replication_status: str


class AssociateCrossAccountReplica(
    SecretChange[AssociateCrossAccountReplicaInput, AssociateCrossAccountReplicaOutput]
):
    """Has a replica that another account made follow a secret.

    Every account of a deployment is of one organization: ReplicaRestriction changes nothing.
    """

    name = "secretsmanager:AssociateCrossAccountReplica"

    def checks(self, call: Call, given: AssociateCrossAccountReplicaInput) -> Iterable[Check]:
        cross_account.require_sound(call.caller, given.cross_account_replica_arn)
        yield from super().checks(call, given)
        named = self.named(call, given)
        yield on_secrets.check(call, "secretsmanager:GetSecretValue", named)
        yield on_secrets.check(call, cross_account.ACCEPT, _replica(call, given))
        if given.replication_role_arn:
            role = Resource(given.replication_role_arn, call.caller.account)
            yield Check("iam:PassRole", role, {"iam:PassedToService": sealing.VIA})

    def prepare(self, call: Call, given: AssociateCrossAccountReplicaInput, row: Secret) -> None:
        super().prepare(call, given, row)
        link = self._link(call, given, row)
        cross_account.seal_all(self.values, row, link)

    def change(
        self, call: Call, given: AssociateCrossAccountReplicaInput, row: Secret
    ) -> AssociateCrossAccountReplicaOutput:
        link = self._link(call, given, row)
        cross_account.bring(self.values, row, link, call.caller.time)
        link.status, link.message = Status.IN_SYNC, ""
        link.save(update_fields=["secret", "role", "status", "message"])
        return AssociateCrossAccountReplicaOutput(row.arn, link.replica.arn, link.status)

    def _link(
        self, call: Call, given: AssociateCrossAccountReplicaInput, row: Secret
    ) -> CrossAccountReplica:
        """The link as it is to be, not saved. Raises what stands in its way."""
        replica = _replica(call, given).found.row
        if replica.cross_account_primary != row.arn:
            raise InvalidRequest(
                f"{replica.arn} was not made as a cross-account replica of {row.arn}."
            )
        have = cross_account.of_primary(row)
        if have is not None and have.replica_id != replica.pk:
            raise LimitExceeded("A primary secret can have at most one cross-account replica.")
        link = CrossAccountReplica.objects.select_related("replica").get(replica=replica.pk)
        link.secret, link.role = row, given.replication_role_arn or ""
        return link


def _replica(call: Call, given: AssociateCrossAccountReplicaInput) -> Named:
    return lookup.named(call, given.cross_account_replica_arn)
