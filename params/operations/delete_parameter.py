"""ssm:DeleteParameter."""

from params import lookup
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
        row = lookup.locked(self.named(call, given))
        if row is None:
            raise ParameterNotFound
        row.delete()
        return Nothing()
