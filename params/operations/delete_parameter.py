"""ssm:DeleteParameter."""

from params import lookup, telling
from params.errors import ParameterNotFound
from params.on_parameters import ParameterOperation
from params.shapes import Nothing
from service.operation import Call
from service.value import value


@value
class DeleteParameterInput:
    name: str


class DeleteParameter(ParameterOperation[DeleteParameterInput, Nothing]):
    """Deletes a parameter with all its versions."""

    name = "ssm:DeleteParameter"
    mutates = True

    def run(self, call: Call, given: DeleteParameterInput) -> Nothing:
        row = lookup.locked(call.caller, self.named(call, given))
        if row is None:
            raise ParameterNotFound
        telling.of_change(row, telling.DELETE, call.caller.time)
        row.delete()
        return Nothing()
