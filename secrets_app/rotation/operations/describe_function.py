"""rotation-functions:DescribeFunction."""

from collections.abc import Iterable
from dataclasses import replace

from secrets_app.rotation.models import RotationFunction
from secrets_app.rotation.registry import rows
from secrets_app.rotation.registry.shapes import Function, Named
from secrets_app.rotation.templates import TEMPLATES
from service.operation import Call, Check, Operation
from service.value import value


@value
class DescribeFunctionOutput:
    function: Function


class DescribeFunction(Operation[Named, DescribeFunctionOutput]):
    """Tells of one function, registered or built in."""

    name = "rotation-functions:DescribeFunction"

    def checks(self, call: Call, given: Named) -> Iterable[Check]:
        name = given.function_name
        is_there = _row(call, name) is not None or name in TEMPLATES
        missing = None if is_there else rows.not_found(call, name)
        yield Check(self.name, replace(rows.resource(call, name), missing=missing))

    def run(self, call: Call, given: Named) -> DescribeFunctionOutput:
        row = _row(call, given.function_name)
        if row is None:
            template = TEMPLATES[given.function_name]
            return DescribeFunctionOutput(rows.told_built_in(call, template))
        return DescribeFunctionOutput(rows.told(row))


def _row(call: Call, name: str) -> RotationFunction | None:
    return call.once(("function", name), lambda: rows.find(call, name))
