"""What operations on one parameter have in common."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from params import lookup, names
from params.names import Name
from service.caller import Caller
from service.operation import Call, Check, Operation


class OfParameter(Protocol):
    """An input that names a parameter."""

    @property
    def name(self) -> str: ...


I = TypeVar("I", bound=OfParameter)  # noqa: E741 - as in service.operation
O = TypeVar("O")  # noqa: E741


class ParameterOperation(Operation[I, O]):
    """An operation on one parameter, named by its name alone."""

    def checks(self, call: Call, given: I) -> Iterable[Check]:
        yield Check(self.name, lookup.named(call, self.named(call, given)).resource)

    def named(self, call: Call, given: I) -> Name:
        return call.once("name", lambda: self.read(call.caller, given.name))

    def read(self, caller: Caller, text: str) -> Name:
        """The name that `text` is. Raises ValidationFailed."""
        return names.for_existing(caller, text)
