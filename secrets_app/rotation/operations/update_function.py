"""rotation-functions:UpdateFunction."""

from collections.abc import Iterable

from secrets_app.rotation.operations.common import passing, role
from secrets_app.rotation.registry import definitions, rows
from secrets_app.rotation.registry.shapes import Definition, Told
from service.operation import Call, Check, Operation
from service.value import value


@value
class UpdateFunctionInput(Definition):
    """`new_key`: an endpoint is told another key, which counts at once."""

    new_key: bool = False


class UpdateFunction(Operation[UpdateFunctionInput, Told]):
    """Changes what is given; the environment as a whole. A function's kind stays.

    The next step of a rotation that goes on is done by the function as it is then.
    """

    name = "rotation-functions:UpdateFunction"
    mutates = True

    def checks(self, call: Call, given: UpdateFunctionInput) -> Iterable[Check]:
        yield Check(self.name, rows.registered(call, given.function_name))
        yield from passing(call, given.role_name)

    def run(self, call: Call, given: UpdateFunctionInput) -> Told:
        row = rows.locked(call, given.function_name)
        definitions.apply(row, given, role(call, given.role_name), new_key=given.new_key)
        made = definitions.credential(row, given, new_key=given.new_key)
        row.changed = call.caller.time
        row.save()
        return Told(rows.told(row), made)
