"""rotation-functions:RegisterFunction."""

from collections.abc import Iterable

from django.db import IntegrityError
from django.db.transaction import atomic

from secrets_app.errors import LimitExceeded
from secrets_app.rotation import functions
from secrets_app.rotation.models import RotationFunction
from secrets_app.rotation.operations.common import MOST_FUNCTIONS, passing, role
from secrets_app.rotation.registry import definitions, rows
from secrets_app.rotation.registry.errors import FunctionExists
from secrets_app.rotation.registry.shapes import Definition, Told
from service.operation import Call, Check, Operation


class RegisterFunction(Operation[Definition, Told]):
    """Registers a function under a name of the account and region.

    Under the name of a template it takes the built-in one's place. An endpoint for which no
    key is given is told one that is made here. No door of the network has this: a handler is
    code that runs on this server.
    """

    name = "rotation-functions:RegisterFunction"
    mutates = True

    def checks(self, call: Call, given: Definition) -> Iterable[Check]:
        yield Check(self.name, rows.resource(call, given.function_name))
        yield from passing(call, given.role_name)

    def run(self, call: Call, given: Definition) -> Told:
        if rows.count(call) >= MOST_FUNCTIONS:
            raise LimitExceeded(f"An account has {MOST_FUNCTIONS} functions in a region at most.")
        row = RotationFunction(
            account=call.caller.account,
            region=call.caller.region,
            name=given.function_name,
            kind=definitions.kind_of(given),
            created=call.caller.time,
            changed=call.caller.time,
        )
        row.environment = functions.seal(row, "environment", b"{}")
        definitions.apply(row, given, role(call, given.role_name), new_key=False)
        made = definitions.credential(row, given, new_key=False)
        try:
            with atomic():
                row.save(force_insert=True)
        except IntegrityError:
            raise FunctionExists(f"Function already exist: {row.name}") from None
        return Told(rows.told(row), made)
