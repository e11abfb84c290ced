"""secretsmanager:CreateSecret."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import field

from secrets_app import (
    conditions,
    cross_account,
    lookup,
    names,
    replicas,
    sealing,
    tags,
    values,
    versions,
)
from secrets_app.conditions import Conditions
from secrets_app.deletion import delete_for_good
from secrets_app.errors import InvalidParameter, InvalidRequest, ResourceExists
from secrets_app.lookup import CURRENT
from secrets_app.models import CrossAccountReplica, Secret, Status, arn_of
from secrets_app.sealing import Value
from secrets_app.shapes import ReplicaRegion, ReplicationStatus, Tag
from secrets_app.values import Values
from service.arns import Arn
from service.errors import ServiceError
from service.operation import Call, Check, Operation
from service.resource import Resource
from service.value import value


@value
class CreateSecretInput:
    name: str
    client_request_token: str | None = None
    description: str | None = None
    kms_key_id: str | None = None
    secret_binary: bytes | None = field(default=None, repr=False)
    secret_string: str | None = field(default=None, repr=False)
    tags: tuple[Tag, ...] = ()
    add_replica_regions: tuple[ReplicaRegion, ...] = ()
    force_overwrite_replica_secret: bool | None = None
    type: str | None = None
    cross_account_primary_arn: str | None = field(
        default=None, metadata={"aws": "CrossAccountPrimaryARN"}
    )


@value
class CreateSecretOutput:
    arn: str = field(metadata={"aws": "ARN"})
    name: str
    version_id: str | None = None
    replication_status: tuple[ReplicationStatus, ...] | None = None


class CreateSecret(Operation[CreateSecretInput, CreateSecretOutput]):
    """Makes a secret, with a first version if it is given a value, and with replicas."""

    name = "secretsmanager:CreateSecret"
    mutates = True
    values: Values

    def __init__(self) -> None:
        self._suffix = names.new_suffix()
        self._follows: Arn | None = None

    def checks(self, call: Call, given: CreateSecretInput) -> Iterable[Check]:
        versions.required_token(given.client_request_token)
        names.require_new(given.name)
        values.given(given.secret_string, given.secret_binary)
        tags.require_sound([tag.key for tag in given.tags])
        replicas.require_sound(call.caller.region, given.add_replica_regions)
        self._follows = _primary(call, given)
        resource, of_tags = self._resource(call, given), conditions.of_tags(given.tags)
        yield Check(self.name, resource, _conditions(given) | of_tags)
        if given.tags:
            yield Check("secretsmanager:TagResource", resource, of_tags)
        if given.add_replica_regions:
            yield Check("secretsmanager:ReplicateSecretToRegions", resource, _replicas(given))
        if self._follows:
            yield Check("secretsmanager:PutResourcePolicy", resource)

    @contextmanager
    def prepared(self, call: Call, given: CreateSecretInput) -> Iterator[None]:
        self.values = Values(call.caller)
        row, new = self._new(call, given), _value(given)
        taken = lookup.by_name(call.caller, row.account, row.region, row.name)
        if new is not None and taken is None:
            token = versions.required_token(given.client_request_token)
            self.values.sealed(row, token, new)
            copies = replicas.planned(row, given.add_replica_regions)
            replicas.prepare(self.values, row, copies, (token, new))
        yield

    def run(self, call: Call, given: CreateSecretInput) -> CreateSecretOutput:
        row, new = self._new(call, given), _value(given)
        token = versions.required_token(given.client_request_token)
        taken = Secret.objects.filter(account=row.account, region=row.region, name=row.name).first()
        if taken is not None and not lookup.is_gone(taken, call.caller.time):
            return self._repeated(taken, token, new)
        if taken is not None:
            delete_for_good(taken, call.caller.time)
        row.save()
        if self._follows:
            CrossAccountReplica.objects.create(replica=row, status=Status.PENDING)
        tags.write(row, {tag.key: tag.value for tag in given.tags})
        if new is not None:
            versions.add(self.values, row, token, new, [CURRENT], call.caller.time)
        if given.add_replica_regions:
            force = bool(given.force_overwrite_replica_secret)
            replicas.add(row, given.add_replica_regions, force=force)
            replicas.follow(self.values, row, call.caller.time)
        call.resources[:] = [self._resource(call, given)]
        version_id = None if new is None else token
        return CreateSecretOutput(row.arn, row.name, version_id, replicas.statuses(row))

    def _repeated(self, row: Secret, token: str, new: Value | None) -> CreateSecretOutput:
        """The answer to a request that made the secret before, as its token and value say."""
        if row.deletion_date is not None:
            raise InvalidRequest(
                "You can't create this secret because a secret with this name is already "
                "scheduled for deletion."
            )
        if new is None or not versions.repeated(self.values, row, token, new):
            raise _exists(row)
        return CreateSecretOutput(row.arn, row.name, token, replicas.statuses(row))

    def _new(self, call: Call, given: CreateSecretInput) -> Secret:
        caller = call.caller
        key = sealing.stored_key(caller.account, caller.region, given.kms_key_id or "")
        return Secret(
            account=caller.account,
            region=caller.region,
            name=given.name,
            suffix=self._suffix,
            description=given.description or "",
            kms_key=key,
            was_tagged=bool(given.tags),
            created=caller.time,
            changed=caller.time,
            partner_type=given.type or "",
            cross_account_primary=given.cross_account_primary_arn or "",
            policy=cross_account.policy_for(self._follows) if self._follows else "",
        )

    def _resource(self, call: Call, given: CreateSecretInput) -> Resource:
        """The secret that is about to be."""
        caller = call.caller
        return Resource(
            arn_of(caller.account, caller.region, f"{given.name}-{self._suffix}"),
            caller.account,
            lookup.TYPE,
            tags={tag.key: tag.value for tag in given.tags},
        )


def _primary(call: Call, given: CreateSecretInput) -> Arn | None:
    """What the secret is to follow in another account. Raises InvalidParameter."""
    if given.cross_account_primary_arn is None:
        return None
    key = sealing.stored_key(call.caller.account, call.caller.region, given.kms_key_id or "")
    if not key:
        raise InvalidParameter("A cross-account replica must use a customer managed KMS key.")
    others = (given.secret_string, given.secret_binary, given.description, given.type)
    if given.add_replica_regions or any(each is not None for each in others):
        raise InvalidParameter(
            "A cross-account replica can't have AddReplicaRegions, Description, SecretBinary, "
            "SecretString or Type."
        )
    return cross_account.require_sound(call.caller, given.cross_account_primary_arn)


def _conditions(given: CreateSecretInput) -> Conditions:
    found = conditions.given(
        Name=given.name,
        Description=given.description,
        KmsKeyId=given.kms_key_id,
        Type=given.type,
    )
    return found | _replicas(given)


def _replicas(given: CreateSecretInput) -> Conditions:
    force = given.force_overwrite_replica_secret
    return conditions.of_replicas(given.add_replica_regions, force)


def _value(given: CreateSecretInput) -> Value | None:
    return values.given(given.secret_string, given.secret_binary)


def _exists(row: Secret) -> ServiceError:
    return ResourceExists(f"The operation failed because the secret {row.name} already exists.")
