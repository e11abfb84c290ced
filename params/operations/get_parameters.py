"""ssm:GetParameters."""

from collections.abc import Iterable

from params import lookup, names, references, values
from params.errors import ParameterNotFound, ParameterVersionNotFound
from params.names import Name
from params.references import Reference
from params.shapes import Parameter
from service.operation import Call, Check, Operation
from service.value import value


@value
class GetParametersInput:
    names: tuple[str, ...]
    with_decryption: bool | None = None


@value
class GetParametersOutput:
    parameters: tuple[Parameter, ...]
    invalid_parameters: tuple[str, ...]


class GetParameters(Operation[GetParametersInput, GetParametersOutput]):
    """Tells up to ten parameters, in the order of their names; what is not there, by its name."""

    name = "ssm:GetParameters"

    def checks(self, call: Call, given: GetParametersInput) -> Iterable[Check]:
        for _, name in _names(call, given):
            yield Check(self.name, lookup.not_missing(call, name))
        for reference in _references(given):
            yield Check(self.name, reference.resource(call.caller))

    def run(self, call: Call, given: GetParametersInput) -> GetParametersOutput:
        found: list[Parameter] = []
        invalid: list[str] = []
        for text, name in _names(call, given):
            try:
                version = lookup.selected(call.caller, lookup.named(call, name))
            except (ParameterNotFound, ParameterVersionNotFound):
                invalid.append(text)
                continue
            decrypt = given.with_decryption
            found.append(values.told(call.caller, version, decrypt=decrypt, asked=name))
        for reference in _references(given):
            try:
                found.append(references.told(call.caller, reference))
            except ParameterNotFound:
                invalid.append(reference.text)
        found.sort(key=lambda each: (each.name, each.version))
        return GetParametersOutput(tuple(found), tuple(invalid))


def _names(call: Call, given: GetParametersInput) -> list[tuple[str, Name]]:
    """Each once, with its text. Raises ValidationFailed."""
    texts = [text for text in dict.fromkeys(given.names) if not references.is_one(text)]
    return call.once(
        "names",
        lambda: [(text, names.for_reading(call.caller, text, selectors=True)) for text in texts],
    )


def _references(given: GetParametersInput) -> list[Reference]:
    """Each once. Raises ValidationFailed."""
    found = (references.of(text, given.with_decryption) for text in dict.fromkeys(given.names))
    return [reference for reference in found if reference is not None]
