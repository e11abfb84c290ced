"""What the operations on tags have in common. Of all that AWS tags, there are parameters here."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol, TypeVar

from params import lookup, names
from params.conditions import Conditions
from params.errors import InvalidResourceId, InvalidResourceType
from params.models import Parameter
from params.names import Name
from service.errors import ValidationFailed
from service.operation import Call, Check, Operation

PARAMETER = "Parameter"


class OfResource(Protocol):
    """An input that names what is tagged."""

    @property
    def resource_type(self) -> str: ...
    @property
    def resource_id(self) -> str: ...


I = TypeVar("I", bound=OfResource)  # noqa: E741 - as in service.operation
O = TypeVar("O")  # noqa: E741


class TagsOperation(Operation[I, O]):
    """An operation on the tags of one parameter."""

    def checks(self, call: Call, given: I) -> Iterable[Check]:
        resource = lookup.not_missing(call, _name(call, given))
        if lookup.named(call, _name(call, given)).version is None:
            resource = replace(resource, missing=InvalidResourceId())
        yield Check(self.name, resource, self.conditions(given))

    def conditions(self, given: I) -> Conditions:
        """The condition keys that a request of this operation answers."""
        return {}

    def row(self, call: Call, given: I) -> Parameter:
        return lookup.named(call, _name(call, given)).found

    def locked_row(self, call: Call, given: I) -> Parameter:
        """The parameter's row, which nobody else changes. Raises InvalidResourceId."""
        row = lookup.locked(call.caller, _name(call, given))
        if row is None:
            raise InvalidResourceId
        return row


def _name(call: Call, given: OfResource) -> Name:
    return call.once("name", lambda: _read(call, given))


def _read(call: Call, given: OfResource) -> Name:
    if given.resource_type != PARAMETER:
        raise InvalidResourceType
    try:
        return names.for_existing(call.caller, given.resource_id)
    except ValidationFailed:
        raise InvalidResourceId from None
