"""ssm:LabelParameterVersion."""

from params import labels, telling
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
        name = self.named(call, given)
        row, number = labels.locked(call.caller, name, given.parameter_version)
        sound = [label for label in given.labels if labels.is_sound(label)]
        labels.attach(row, number, sound)
        if sound:
            telling.of_change(row, telling.LABEL, call.caller.time)
        invalid = tuple(label for label in given.labels if not labels.is_sound(label))
        return LabelParameterVersionOutput(invalid, number)
