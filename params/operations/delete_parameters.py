"""ssm:DeleteParameters."""

from collections.abc import Iterable

from params import lookup, names, telling
from params.names import Name
from service.operation import Call, Check, Operation
from service.value import value


@value
class DeleteParametersInput:
    names: tuple[str, ...]


@value
class DeleteParametersOutput:
    deleted_parameters: tuple[str, ...]
    invalid_parameters: tuple[str, ...]


class DeleteParameters(Operation[DeleteParametersInput, DeleteParametersOutput]):
    """Deletes up to ten parameters; tells which of the names were those of one."""

    name = "ssm:DeleteParameters"
    mutates = True

    def checks(self, call: Call, given: DeleteParametersInput) -> Iterable[Check]:
        for _, name in _names(call, given):
            yield Check(self.name, lookup.not_missing(call, name))

    def run(self, call: Call, given: DeleteParametersInput) -> DeleteParametersOutput:
        deleted: list[str] = []
        invalid: list[str] = []
        # in one order, so that two calls never wait for each other
        for text, name in sorted(_names(call, given), key=lambda pair: pair[1].path):
            row = lookup.locked(call.caller, name)
            if row is None:
                invalid.append(text)
            else:
                telling.of_change(row, telling.DELETE, call.caller.time)
                row.delete()
                deleted.append(text)
        return DeleteParametersOutput(tuple(deleted), tuple(invalid))


def _names(call: Call, given: DeleteParametersInput) -> list[tuple[str, Name]]:
    """Each once, with its text. Raises ValidationFailed."""
    texts = dict.fromkeys(given.names)
    return call.once(
        "names", lambda: [(text, names.for_existing(call.caller, text)) for text in texts]
    )
