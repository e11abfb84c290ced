"""What operations on the grants of one key have in common."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from keys import conditions, identifiers, lookup, paging
from keys.errors import InvalidArn, NotFound
from keys.grants import entry_of
from keys.lookup import Named
from keys.models import Grant
from keys.on_keys import OfKey, OwnKeyOperation, check
from keys.shapes import ListGrantsOutput
from service.caller import Caller, PrincipalKind
from service.errors import AccessDenied
from service.operation import Call, Check

DEFAULT, MOST = 50, 100  # grants on a page

I = TypeVar("I", bound=OfKey)  # noqa: E741 - as in service.operation
O = TypeVar("O")  # noqa: E741


class GrantOperation(OwnKeyOperation[I, O]):
    """An operation on the grants of a key, which may be another account's, by id or ARN."""

    def checks(self, call: Call, given: I) -> Iterable[Check]:
        found: dict[str, str | Sequence[str]] = {**self.conditions(given)}
        found["kms:GrantIsForAWSResource"] = conditions.truth(is_by_service(call.caller))
        yield check(call, self.name, self.named(call, given), found)

    def named(self, call: Call, given: I) -> Named:
        return named(call, given.key_id)


def named(call: Call, text: str) -> Named:
    """The key that `text` names. Raises InvalidArn for an alias, NotFound."""
    if identifiers.is_alias(text):
        raise InvalidArn("Key Aliases are not supported for this operation.")
    return lookup.named(call, text, aliases=False)


def is_by_service(caller: Caller) -> bool:
    return bool(caller.via) or caller.principal.kind is PrincipalKind.SERVICE


def require_service(caller: Caller, name: str | None) -> None:
    """Raise AccessDenied where one who is no service looks for the grants of a service."""
    if name is not None and not is_by_service(caller):
        raise AccessDenied("Only services can list grants by service principal.")


def not_found(grant_id: str) -> NotFound:
    return NotFound(f"Grant ID {grant_id} not found")


def page(of: str, rows: Iterable[Grant], length: int) -> ListGrantsOutput:
    """`rows` in the order of their ids, each with its key."""
    found = paging.page(of, list(rows), length, lambda row: row.grant_id)
    entries = tuple(entry_of(row, row.key.arn) for row in found.items)
    return ListGrantsOutput(entries, found.truncated, found.next_marker)
