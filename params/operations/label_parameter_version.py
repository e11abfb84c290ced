"""ssm:LabelParameterVersion."""

from params import labels
from params.on_parameters import ParameterOperation
from service.operation import Call
from service.value import value


@value
class LabelParameterVersionInput:
    name: str
    labels: tuple[str, ...]
    parameter_version: int | None = None


@value
class LabelParameterVersionOutput:
    invalid_labels: tuple[str, ...]
    parameter_version: int


class LabelParameterVersion(
    ParameterOperation[LabelParameterVersionInput, LabelParameterVersionOutput]
):
    """Puts labels on a version; one that another version has, moves. Tells which cannot be."""

    name = "ssm:LabelParameterVersion"
    mutates = True

    def run(self, call: Call, given: LabelParameterVersionInput) -> LabelParameterVersionOutput:
        row, number = labels.locked(self.named(call, given), given.parameter_version)
        labels.attach(row, number, [label for label in given.labels if labels.is_sound(label)])
        invalid = tuple(label for label in given.labels if not labels.is_sound(label))
        return LabelParameterVersionOutput(invalid, number)
