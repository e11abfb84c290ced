"""ssm:GetParameter."""

from collections.abc import Iterable

from params import lookup, names, values
from params.names import Name
from params.shapes import Parameter
from service.operation import Call, Check, Operation
from service.value import value


@value
class GetParameterInput:
    name: str
    with_decryption: bool | None = None


@value
class GetParameterOutput:
    parameter: Parameter


class GetParameter(Operation[GetParameterInput, GetParameterOutput]):
    """Tells a parameter: its current version, or one by number or label."""

    name = "ssm:GetParameter"

    def checks(self, call: Call, given: GetParameterInput) -> Iterable[Check]:
        yield Check(self.name, lookup.named(call, _name(call, given)).resource)

    def run(self, call: Call, given: GetParameterInput) -> GetParameterOutput:
        named = lookup.named(call, _name(call, given))
        version = lookup.selected(call.caller, named)
        decrypt = given.with_decryption
        return GetParameterOutput(
            values.told(call.caller, version, decrypt=decrypt, asked=named.name)
        )


def _name(call: Call, given: GetParameterInput) -> Name:
    return call.once("name", lambda: names.for_reading(call.caller, given.name, selectors=True))
