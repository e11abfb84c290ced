"""kms-extras:GetAlias."""

from collections.abc import Iterable
from dataclasses import replace

from keys import aliases, identifiers, lookup, managed
from keys.operations.list_aliases import AliasListEntry, entry_of, of_account
from service.operation import Call, Check, Operation
from service.value import value


@value
class GetAliasInput:
    alias_name: str


@value
class GetAliasOutput:
    alias: AliasListEntry


class GetAlias(Operation[GetAliasInput, GetAliasOutput]):
    """Tells one of the account's aliases in the region, as ListAliases does and allowed as that."""

    name = "kms-extras:GetAlias"

    def checks(self, call: Call, given: GetAliasInput) -> Iterable[Check]:
        asked = aliases.check(call, "kms:ListAliases", given.alias_name)
        if _found(call, given.alias_name) is None:
            name = identifiers.alias_name(call.caller, given.alias_name)
            asked = replace(asked, resource=lookup.missing(name))
        yield asked

    def run(self, call: Call, given: GetAliasInput) -> GetAliasOutput:
        found = _found(call, given.alias_name)
        if found is None:  # the checks have said so
            raise lookup.not_there(identifiers.alias_name(call.caller, given.alias_name))
        return GetAliasOutput(found)


def _found(call: Call, name: str) -> AliasListEntry | None:
    return call.once("alias", lambda: _entry(call, name))


def _entry(call: Call, name: str) -> AliasListEntry | None:
    row = of_account(call).select_related("key").filter(name=name).first()
    if row is not None:
        return entry_of(call, row)
    if name not in managed.aliases():
        return None
    return AliasListEntry(name, identifiers.alias_name(call.caller, name).arn)
