"""What the operations that use a key's material have in common."""

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from keys import lookup, specs, states
from keys.conditions import Conditions
from keys.errors import DryRunSucceeded
from keys.lookup import LoadedKey
from keys.on_keys import OfKey, check
from service.operation import Call, Check, Operation

I = TypeVar("I", bound=OfKey)  # noqa: E741 - as in service.operation
O = TypeVar("O")  # noqa: E741


def require_usable(call: Call, key: LoadedKey, operation: str, usage: str, algorithm: str) -> None:
    """Raise what KMS answers unless the key can be put to the use with the algorithm now."""
    row, action = key.row, operation.removeprefix("kms:")
    states.require(operation, row, call.caller.time)
    specs.require_usage(key.arn, row.usage, usage, action)
    specs.require_algorithm(row.spec, row.usage, algorithm)


def stop_if_dry(dry_run: bool | None) -> None:
    """Raise DryRunSucceeded: everything was checked, and nothing is to happen."""
    if dry_run:
        raise DryRunSucceeded


class KeyUse(Operation[I, O]):
    """A use of one key, which goes by any of its names and may be another account's.

    usage      the KeyUsage that the key must have
    algorithm  the input's field that names the algorithm
    condition  the condition key whose value that is; empty if AWS has none
    """

    usage: ClassVar[str]
    algorithm: ClassVar[str]
    condition: ClassVar[str] = ""

    def checks(self, call: Call, given: I) -> Iterable[Check]:
        yield check(call, self.name, lookup.named(call, given.key_id), self.conditions(given))

    def conditions(self, given: I) -> Conditions:
        """The condition keys that a request of this operation answers beyond the usual."""
        return {self.condition: getattr(given, self.algorithm)} if self.condition else {}

    def key(self, call: Call, given: I) -> LoadedKey:
        """The key, which can be used so now. Raises what `require_usable` does."""
        key = lookup.named(call, given.key_id).found
        require_usable(call, key, self.name, self.usage, getattr(given, self.algorithm))
        return key
