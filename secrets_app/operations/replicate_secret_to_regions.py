"""secretsmanager:ReplicateSecretToRegions."""

from collections.abc import Iterable
from dataclasses import field

from secrets_app import conditions, replicas
from secrets_app.conditions import Conditions
from secrets_app.models import Secret
from secrets_app.on_secrets import SecretChange
from secrets_app.shapes import ReplicaRegion, ReplicationStatus
from service.operation import Call, Check
from service.value import value


@value
class ReplicateSecretToRegionsInput:
    secret_id: str
    add_replica_regions: tuple[ReplicaRegion, ...]
    force_overwrite_replica_secret: bool | None = None


@value
class ReplicationOutput:
    arn: str = field(metadata={"aws": "ARN"})
    replication_status: tuple[ReplicationStatus, ...] | None = None


class ReplicateSecretToRegions(SecretChange[ReplicateSecretToRegionsInput, ReplicationOutput]):
    """Copies a secret to other regions, where it is read and follows its primary."""

    name = "secretsmanager:ReplicateSecretToRegions"

    def conditions(self, given: ReplicateSecretToRegionsInput) -> Conditions:
        force = given.force_overwrite_replica_secret
        return conditions.of_replicas(given.add_replica_regions, force)

    def checks(self, call: Call, given: ReplicateSecretToRegionsInput) -> Iterable[Check]:
        replicas.require_sound(self.named(call, given).name.region, given.add_replica_regions)
        yield from super().checks(call, given)

    def prepare(self, call: Call, given: ReplicateSecretToRegionsInput, row: Secret) -> None:
        self.prepare_copies(row)
        replicas.prepare(self.values, row, replicas.planned(row, given.add_replica_regions))

    def change(
        self, call: Call, given: ReplicateSecretToRegionsInput, row: Secret
    ) -> ReplicationOutput:
        force = bool(given.force_overwrite_replica_secret)
        replicas.add(row, given.add_replica_regions, force=force)
        return ReplicationOutput(row.arn, None)

    def run(self, call: Call, given: ReplicateSecretToRegionsInput) -> ReplicationOutput:
        """The statuses are those once the replicas have followed."""
        super().run(call, given)
        row = self.locked(call, given)
        return ReplicationOutput(row.arn, replicas.statuses(row))
