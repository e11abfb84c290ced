"""kms:ReplicateKey."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from keys import conditions, families, identifiers, lookup, policies, replication, tags
from keys.lookup import KEY_TYPE
from keys.models import Key, KeyState
from keys.models import Tag as TagRow
from keys.on_keys import OwnKeyOperation, check
from keys.operations.create_key import CreateKeyInput
from keys.shapes import KeyMetadata, Tag, metadata_of
from service import wire
from service.operation import Call, Check
from service.resource import Resource
from service.value import value


@value
class ReplicateKeyInput:
    key_id: str
    replica_region: str
    policy: str | None = None
    bypass_policy_lockout_safety_check: bool = False
    description: str = ""
    tags: tuple[Tag, ...] = ()


@value
class ReplicateKeyOutput:
    replica_key_metadata: KeyMetadata
    replica_policy: str
    replica_tags: tuple[Tag, ...]


class ReplicateKey(OwnKeyOperation[ReplicateKeyInput, ReplicateKeyOutput]):
    """Makes a replica of a multi-Region primary key in another region.

    The answer says Creating, as AWS's does; the replica is ready when it is given.
    """

    name = "kms:ReplicateKey"
    mutates = True

    def checks(self, call: Call, given: ReplicateKeyInput) -> Iterable[Check]:
        tags.require_sound([tag.tag_key for tag in given.tags])
        asked = {"kms:ReplicaRegion": given.replica_region}
        yield check(call, self.name, self.named(call, given), asked)
        key = self.key(call, given).row
        families.require_primary(key)
        replication.require_region(key, given.replica_region)
        resource = _resource(call, given, key)
        found = {**resource.conditions, **asked}
        yield Check("kms:CreateKey", conditions=found, region=given.replica_region)
        if given.tags:
            yield Check("kms:TagResource", resource, found, region=given.replica_region)

    def run(self, call: Call, given: ReplicateKeyInput) -> ReplicateKeyOutput:
        primary = self.locked_key(call, given)
        resource = _resource(call, given, primary)
        caller = replace(call.caller, region=given.replica_region)
        if given.policy is not None:
            bypass = given.bypass_policy_lockout_safety_check
            policies.require_sound(caller, resource, given.policy, bypass=bypass)
        policy = given.policy or policies.default(caller.account, caller.partition)
        replica = replication.create(
            primary, given.replica_region, policy, given.description, caller.time
        )
        TagRow.objects.bulk_create(
            TagRow(key=replica, name=tag.tag_key, value=tag.tag_value) for tag in given.tags
        )
        call.resources.append(resource)
        replication.record(call, "kms:CreateKey", replica, _as_created(given, replica))
        metadata = metadata_of(replica, caller.time, lookup.family(call, replica))
        return ReplicateKeyOutput(
            replace(metadata, key_state=KeyState.CREATING, enabled=False), policy, given.tags
        )


def _resource(call: Call, given: ReplicateKeyInput, primary: Key) -> Resource:
    """The replica that is about to be."""
    name = identifiers.key_name(
        replace(call.caller, region=given.replica_region), primary.account, primary.key_id
    )
    bypass = conditions.truth(given.bypass_policy_lockout_safety_check)
    return Resource(
        name.arn,
        primary.account,
        KEY_TYPE,
        policy_must_allow=False,
        tags={tag.tag_key: tag.tag_value for tag in given.tags},
        conditions={
            **conditions.of_caller(call.caller),
            **conditions.of_key(primary, []),
            **conditions.of_multi_region(is_multi_region=True, is_primary=False),
            **conditions.of_tags([(tag.tag_key, tag.tag_value) for tag in given.tags]),
            "kms:BypassPolicyLockoutSafetyCheck": bypass,
        },
    )


def _as_created(given: ReplicateKeyInput, replica: Key) -> dict[str, Any]:
    """What CreateKey would have been asked for such a key."""
    asked = CreateKeyInput(
        policy=given.policy,
        description=given.description,
        key_usage=replica.usage,
        key_spec=replica.spec,
        origin=replica.origin,
        bypass_policy_lockout_safety_check=given.bypass_policy_lockout_safety_check,
        tags=given.tags,
        multi_region=True,
    )
    return dict(wire.encode(asked))
