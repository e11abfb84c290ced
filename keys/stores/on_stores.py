"""What operations on one custom key store have in common."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from keys import conditions
from service.operation import Call, Check, Operation


class OfStore(Protocol):
    """An input that names a custom key store."""

    @property
    def custom_key_store_id(self) -> str: ...


I = TypeVar("I", bound=OfStore)  # noqa: E741 - as in service.operation
O = TypeVar("O")  # noqa: E741


class StoreOperation(Operation[I, O]):
    """Changes a store. Stores have no ARNs: who may do this to one may do it to all."""

    mutates = True

    def checks(self, call: Call, given: I) -> Iterable[Check]:
        yield Check(self.name, conditions=conditions.of_caller(call.caller))
