"""kms:CreateKey."""

from collections.abc import Iterable

from keys import conditions, creation, identifiers, material, policies, specs, tags
from keys.errors import UnsupportedOperation
from keys.lookup import KEY_TYPE
from keys.models import Key, KeyManager
from keys.models import Tag as TagRow
from keys.shapes import KeyMetadata, Tag, metadata_of
from keys.specs import AWS_KMS, EXTERNAL, SYMMETRIC_DEFAULT
from service.errors import ValidationFailed
from service.operation import Call, Check, Operation
from service.resource import Resource
from service.value import value


@value
class CreateKeyInput:
    policy: str | None = None
    description: str = ""
    key_usage: str | None = None
    customer_master_key_spec: str | None = None
    key_spec: str | None = None
    origin: str = AWS_KMS
    custom_key_store_id: str | None = None
    bypass_policy_lockout_safety_check: bool = False
    tags: tuple[Tag, ...] = ()
    multi_region: bool = False
    xks_key_id: str | None = None


@value
class CreateKeyOutput:
    key_metadata: KeyMetadata


class CreateKey(Operation[CreateKeyInput, CreateKeyOutput]):
    """Makes a key, with material that is made here or, with Origin EXTERNAL, without."""

    name = "kms:CreateKey"
    mutates = True
    _secret: bytes | None = None

    def checks(self, call: Call, given: CreateKeyInput) -> Iterable[Check]:
        _require_buildable(given)
        tags.require_sound([tag.tag_key for tag in given.tags])
        found = conditions.of_caller(call.caller) | _conditions(given)
        yield Check(self.name, conditions=found)
        if given.tags:
            yield Check("kms:TagResource", _resource(call, given), found)
        # Allowed, and before the transaction, in which nobody else could write meanwhile. It
        # asks again, and finds this done.
        if self._secret is None and given.origin == AWS_KMS and _spec(given).startswith("RSA_"):
            self._secret = material.software().generate(_spec(given))

    def run(self, call: Call, given: CreateKeyInput) -> CreateKeyOutput:
        resource = _resource(call, given)
        if given.policy is not None:
            bypass = given.bypass_policy_lockout_safety_check
            policies.require_sound(call.caller, resource, given.policy, bypass=bypass)
        key = _create(call, given, self._secret)
        TagRow.objects.bulk_create(
            TagRow(key=key, name=tag.tag_key, value=tag.tag_value) for tag in given.tags
        )
        call.resources.append(resource)
        return CreateKeyOutput(metadata_of(key, call.caller.time, [key]))


def _require_buildable(given: CreateKeyInput) -> None:
    if given.key_spec and given.customer_master_key_spec:
        raise ValidationFailed(
            "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. "
            "CustomerMasterKeySpec is deprecated."
        )
    specs.chosen(_spec(given), given.key_usage)
    if given.origin not in (AWS_KMS, EXTERNAL):
        raise UnsupportedOperation(f"Keys of Origin {given.origin} are not supported.")
    if given.custom_key_store_id or given.xks_key_id:
        raise UnsupportedOperation("Custom key stores are not supported.")


def _spec(given: CreateKeyInput) -> str:
    return given.key_spec or given.customer_master_key_spec or SYMMETRIC_DEFAULT


def _conditions(given: CreateKeyInput) -> conditions.Conditions:
    spec, usage = specs.chosen(_spec(given), given.key_usage)
    bypass = conditions.truth(given.bypass_policy_lockout_safety_check)
    return {
        "kms:BypassPolicyLockoutSafetyCheck": bypass,
        "kms:CustomerMasterKeySpec": spec.name,
        "kms:CustomerMasterKeyUsage": usage,
        "kms:KeySpec": spec.name,
        "kms:KeyUsage": usage,
        "kms:KeyOrigin": given.origin,
        **conditions.of_multi_region(
            is_multi_region=bool(given.multi_region), is_primary=bool(given.multi_region)
        ),
        **conditions.of_tags([(tag.tag_key, tag.tag_value) for tag in given.tags]),
    }


def _resource(call: Call, given: CreateKeyInput) -> Resource:
    """The key that is about to be."""
    caller = call.caller
    key_id = _new_key_id(call, given)
    name = identifiers.key_name(caller, caller.account, key_id)
    return Resource(
        name.arn,
        caller.account,
        KEY_TYPE,
        policy_must_allow=False,
        tags={tag.tag_key: tag.tag_value for tag in given.tags},
        conditions={**conditions.of_caller(caller), **_conditions(given)},
    )


def _create(call: Call, given: CreateKeyInput, secret: bytes | None) -> Key:
    caller = call.caller
    spec, usage = specs.chosen(_spec(given), given.key_usage)
    return creation.create(
        time=caller.time,
        secret=secret,
        account=caller.account,
        region=caller.region,
        key_id=_new_key_id(call, given),
        description=given.description,
        policy=given.policy or policies.default(caller.account, caller.partition),
        spec=spec.name,
        usage=usage,
        origin=given.origin,
        manager=KeyManager.CUSTOMER,
        multi_region=bool(given.multi_region),
        primary_region=caller.region if given.multi_region else "",
    )


def _new_key_id(call: Call, given: CreateKeyInput) -> str:
    multi_region = bool(given.multi_region)
    return call.once("new key", lambda: creation.new_key_id(multi_region=multi_region))
