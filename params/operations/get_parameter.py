"""ssm:GetParameter."""

from collections.abc import Iterable

from params import lookup, names, references, values
from params.names import Name
from params.on_parameters import ParameterOperation
from params.shapes import Parameter
from service.caller import Caller
from service.operation import Call, Check
from service.value import value


@value
class GetParameterInput:
    name: str
    with_decryption: bool | None = None


@value
class GetParameterOutput:
    parameter: Parameter


class GetParameter(ParameterOperation[GetParameterInput, GetParameterOutput]):
    """Tells a parameter: its current version, or one by number or label; or a secret."""

    name = "ssm:GetParameter"

    def checks(self, call: Call, given: GetParameterInput) -> Iterable[Check]:
        reference = references.of(given.name, given.with_decryption)
        if reference is None:
            yield from super().checks(call, given)
        else:
            yield Check(self.name, reference.resource(call.caller))

    def read(self, caller: Caller, text: str) -> Name:
        return names.for_reading(caller, text, selectors=True)

    def run(self, call: Call, given: GetParameterInput) -> GetParameterOutput:
        if reference := references.of(given.name, given.with_decryption):
            return GetParameterOutput(references.told(call.caller, reference))
        named = lookup.named(call, self.named(call, given))
        version = lookup.selected(call.caller, named)
        decrypt = given.with_decryption
        return GetParameterOutput(
            values.told(call.caller, version, decrypt=decrypt, asked=named.name)
        )
