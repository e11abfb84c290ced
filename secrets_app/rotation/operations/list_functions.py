"""rotation-functions:ListFunctions."""

from collections.abc import Iterable

from secrets_app.rotation.registry import rows
from secrets_app.rotation.registry.shapes import Function
from service.operation import Call, Check, Operation
from service.value import value


@value
class ListFunctionsInput:
    """Nothing."""


@value
class ListFunctionsOutput:
    functions: tuple[Function, ...]


class ListFunctions(Operation[ListFunctionsInput, ListFunctionsOutput]):
    """The account's functions in the region, all of them, with those that are built in.

    They are few (`common.MOST_FUNCTIONS`). The digests of their codes are not among what is told.
    """

    name = "rotation-functions:ListFunctions"

    def checks(self, call: Call, given: ListFunctionsInput) -> Iterable[Check]:
        yield Check(self.name)

    def run(self, call: Call, given: ListFunctionsInput) -> ListFunctionsOutput:
        return ListFunctionsOutput(tuple(rows.all_of(call)))
