"""What operations on one key have in common."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from keys import conditions, grant_tokens, grants, identifiers, last_use, lookup, states
from keys.lookup import LoadedKey, Named
from keys.models import Key
from keys.shapes import NO_CONTEXT
from service.operation import Call, Check, Operation


class OfKey(Protocol):
    """An input that names a key."""

    @property
    def key_id(self) -> str: ...


I = TypeVar("I", bound=OfKey)  # noqa: E741 - as in service.operation
O = TypeVar("O")  # noqa: E741


def check(
    call: Call,
    action: str,
    named: Named,
    request: Mapping[str, str | Sequence[str]] | None = None,
    context: Mapping[str, str] | None = None,
) -> Check:
    """May the caller do `action` to the key? `request`: condition keys this request answers.

    `context` is the encryption context where the input has it under a name of its own. The
    grant tokens are the input's. Raises InvalidGrantToken.
    """
    found = conditions.of_caller(call.caller)
    if named.name.alias:
        found["kms:RequestAlias"] = named.name.alias
    if request:
        found.update(request)
    if action in last_use.GUARDED and named.key is not None:
        days = last_use.days_without(named.key.row, call.caller.time)
        found["kms:TrailingDaysWithoutKeyUsage"] = str(days)
    last_use.watch(call, action, named.resource.arn)
    return Check(action, named.resource, found, request=_for_grants(call, context))


def _for_grants(call: Call, context: Mapping[str, str] | None) -> grants.Request:
    if context is None:
        context = getattr(call.given, "encryption_context", NO_CONTEXT)
    tokens: tuple[str, ...] = getattr(call.given, "grant_tokens", ())
    if not tokens:
        return grants.Request(context)
    presented = call.once("grants presented", lambda: grant_tokens.presented(call.caller, tokens))
    return grants.Request(context, presented)


def locked(call: Call, key: LoadedKey, operation: str) -> Key:
    """The key's row, which nobody else changes before this call's transaction ends.

    Raises NotFound if it was deleted meanwhile, and what `states.require` does.
    """
    rows = Key.objects.select_for_update(of=("self",)).select_related("store")
    row = rows.filter(pk=key.row.pk).first()
    if row is None or lookup.is_gone(row, call.caller.time):
        name = identifiers.key_name(call.caller, key.row.account, key.row.key_id)
        raise lookup.not_there(name)
    states.require(operation, row, call.caller.time)
    return row


class OwnKeyOperation(Operation[I, O]):
    """An operation on a key of the caller's own account, named by id or ARN."""

    def checks(self, call: Call, given: I) -> Iterable[Check]:
        yield check(call, self.name, self.named(call, given), self.conditions(given))

    def named(self, call: Call, given: I) -> Named:
        return lookup.named(call, given.key_id, aliases=False, other_accounts=False)

    def conditions(self, given: I) -> Mapping[str, str | Sequence[str]]:
        """The condition keys that a request of this operation answers beyond the usual."""
        return {}

    def key(self, call: Call, given: I) -> LoadedKey:
        """The key, in a state that lets the operation be."""
        key = self.named(call, given).found
        states.require(self.name, key.row, call.caller.time)
        return key

    def locked_key(self, call: Call, given: I) -> Key:
        """The key's row, locked, in a state that lets the operation be."""
        return locked(call, self.named(call, given).found, self.name)
