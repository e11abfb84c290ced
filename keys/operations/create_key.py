"""kms:CreateKey."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from keys import conditions, creation, identifiers, material, policies, specs, tags
from keys.lookup import KEY_TYPE
from keys.models import Key, KeyManager, KeyStore
from keys.models import Tag as TagRow
from keys.shapes import KeyMetadata, Tag, metadata_of
from keys.specs import AWS_KMS, SYMMETRIC_DEFAULT
from keys.stores import new_keys
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
    """Makes a key, with material that is made here or in its store; EXTERNAL without."""

    name = "kms:CreateKey"
    mutates = True
    _key_id = ""
    _secret: bytes | None = None
    _made_in: tuple[KeyStore, bytes] | None = None  # a store, and what it made

    def checks(self, call: Call, given: CreateKeyInput) -> Iterable[Check]:
        self._key_id = self._key_id or creation.new_key_id(multi_region=bool(given.multi_region))
        call.once("new key", lambda: self._key_id)
        _require_buildable(given)
        tags.require_sound([tag.tag_key for tag in given.tags])
        found = conditions.of_caller(call.caller) | _conditions(given)
        yield Check(self.name, conditions=found)
        if given.tags:
            yield Check("kms:TagResource", _resource(call, given), found)

    @contextmanager
    def prepared(self, call: Call, given: CreateKeyInput) -> Iterator[None]:
        _require_policy(call, given)  # before anything is made for a key that comes to nothing
        if given.custom_key_store_id is None:
            if given.origin == AWS_KMS:
                self._secret = material.software().generate(_spec(given))
            yield
            return
        with new_keys.material(
            call.caller,
            given.custom_key_store_id,
            given.origin,
            self._key_id,
            given.xks_key_id,
        ) as self._made_in:
            yield

    def run(self, call: Call, given: CreateKeyInput) -> CreateKeyOutput:
        _require_policy(call, given)
        if self._made_in is None:
            key = _create(call, given, secret=self._secret)
        else:
            was, secret = self._made_in
            store = new_keys.locked(call.caller, was)
            key = _create(call, given, store=store, secret=secret)
        TagRow.objects.bulk_create(
            TagRow(key=key, name=tag.tag_key, value=tag.tag_value) for tag in given.tags
        )
        call.resources.append(_resource(call, given))
        return CreateKeyOutput(metadata_of(key, call.caller.time, [key]))


def _require_buildable(given: CreateKeyInput) -> None:
    if given.key_spec and given.customer_master_key_spec:
        raise ValidationFailed(
            "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. "
            "CustomerMasterKeySpec is deprecated."
        )
    spec, _ = specs.chosen(_spec(given), given.key_usage)
    new_keys.require_fit(
        spec,
        given.origin,
        given.custom_key_store_id,
        given.xks_key_id,
        multi_region=bool(given.multi_region),
    )


def _require_policy(call: Call, given: CreateKeyInput) -> None:
    if given.policy is not None:
        bypass = given.bypass_policy_lockout_safety_check
        policies.require_sound(call.caller, _resource(call, given), given.policy, bypass=bypass)


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
    key_id = _new_key_id(call)
    name = identifiers.key_name(caller, caller.account, key_id)
    return Resource(
        name.arn,
        caller.account,
        KEY_TYPE,
        policy_must_allow=False,
        tags={tag.tag_key: tag.tag_value for tag in given.tags},
        conditions={**conditions.of_caller(caller), **_conditions(given)},
    )


def _create(call: Call, given: CreateKeyInput, **made: Any) -> Key:
    caller = call.caller
    spec, usage = specs.chosen(_spec(given), given.key_usage)
    return creation.create(
        time=caller.time,
        account=caller.account,
        region=caller.region,
        key_id=_new_key_id(call),
        description=given.description,
        policy=given.policy or policies.default(caller.account, caller.partition),
        spec=spec.name,
        usage=usage,
        origin=given.origin,
        manager=KeyManager.CUSTOMER,
        multi_region=bool(given.multi_region),
        primary_region=caller.region if given.multi_region else "",
        xks_key_id=given.xks_key_id or "",
        **made,
    )


def _new_key_id(call: Call) -> str:
    """As `checks` has drawn it."""
    key_id: str = call.once("new key", str)
    return key_id
