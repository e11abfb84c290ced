"""rotation-functions:DeregisterFunction."""

from collections.abc import Iterable

from secrets_app.rotation.registry import rows
from secrets_app.rotation.registry.shapes import Named, Nothing
from service.operation import Call, Check, Operation


class DeregisterFunction(Operation[Named, Nothing]):
    """Forgets a function, with its code. Secrets that it rotates are rotated no more."""

    name = "rotation-functions:DeregisterFunction"
    mutates = True

    def checks(self, call: Call, given: Named) -> Iterable[Check]:
        yield Check(self.name, rows.registered(call, given.function_name))

    def run(self, call: Call, given: Named) -> Nothing:
        rows.locked(call, given.function_name).delete()
        return Nothing()
