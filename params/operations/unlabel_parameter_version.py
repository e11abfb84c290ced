"""ssm:UnlabelParameterVersion."""

from params import labels
from params.on_parameters import ParameterOperation
from service.operation import Call
from service.value import value


@value
class UnlabelParameterVersionInput:
    name: str
    parameter_version: int
    labels: tuple[str, ...]


@value
class UnlabelParameterVersionOutput:
    removed_labels: tuple[str, ...]
    invalid_labels: tuple[str, ...]


class UnlabelParameterVersion(
    ParameterOperation[UnlabelParameterVersionInput, UnlabelParameterVersionOutput]
):
    """Takes labels off a version; tells which it had, and which not."""

    name = "ssm:UnlabelParameterVersion"
    mutates = True

    def run(self, call: Call, given: UnlabelParameterVersionInput) -> UnlabelParameterVersionOutput:
        name = self.named(call, given)
        row, number = labels.locked(call.caller, name, given.parameter_version)
        removed = labels.detach(row, number, given.labels)
        invalid = [label for label in dict.fromkeys(given.labels) if label not in removed]
        return UnlabelParameterVersionOutput(tuple(removed), tuple(invalid))
