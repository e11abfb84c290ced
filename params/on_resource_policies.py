"""What the operations on resource policies have in common. Only parameters have them here."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol, TypeVar

from params import lookup, names, sharing
from params.errors import (
    ARN,
    ResourceNotFound,
    ResourcePolicyConflict,
    ResourcePolicyInvalidParameter,
    ResourcePolicyNotFound,
)
from params.models import Parameter, ResourcePolicy
from params.names import Name
from service.errors import ValidationFailed
from service.operation import Call, Check, Operation
from service.resource import Resource


class OfResource(Protocol):
    """An input that names what has the policies."""

    @property
    def resource_arn(self) -> str: ...


I = TypeVar("I", bound=OfResource)  # noqa: E741 - as in service.operation
O = TypeVar("O")  # noqa: E741


class ResourcePolicyOperation(Operation[I, O]):
    """An operation on the policies of one parameter of the caller's own account."""

    def checks(self, call: Call, given: I) -> Iterable[Check]:
        yield Check(self.name, _resource(call, _name(call, given)))

    def row(self, call: Call, given: I) -> Parameter:
        return lookup.named(call, _name(call, given)).found

    def locked_row(self, call: Call, given: I) -> Parameter:
        """The parameter's row, which nobody else changes. Raises ResourceNotFound."""
        row = lookup.locked(call.caller, _name(call, given))
        if row is None:
            raise ResourceNotFound
        return row


def known(row: Parameter, policy_id: str, policy_hash: str) -> ResourcePolicy:
    """The policy of that id. Raises ResourcePolicyNotFound, ResourcePolicyConflict."""
    policy = row.resource_policies.filter(policy_id=policy_id).first()
    if policy is None:
        raise ResourcePolicyNotFound
    if sharing.hash_of(policy.document) != policy_hash:
        raise ResourcePolicyConflict
    return policy


def _resource(call: Call, name: Name) -> Resource:
    if name.account != call.caller.account:
        # what is shared is never another account's to share: its policy has no say in this
        return Resource(name.arn, name.account, lookup.TYPE, missing=ResourceNotFound())
    named = lookup.named(call, name)
    return replace(named.resource, missing=None if named.version else ResourceNotFound())


def _name(call: Call, given: OfResource) -> Name:
    return call.once("name", lambda: _read(call, given.resource_arn))


def _read(call: Call, text: str) -> Name:
    try:
        name = names.for_reading(call.caller, text, selectors=False)
    except ValidationFailed:
        name = None
    if name is None or not name.by_arn:
        raise ResourcePolicyInvalidParameter("The resource is not the ARN of a parameter.", ARN)
    return name
