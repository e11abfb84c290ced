"""kms:UpdateAlias."""

from collections.abc import Iterable

from keys import aliases, lookup
from keys.models import Alias
from keys.on_keys import check, locked
from keys.shapes import Nothing
from service.operation import Call, Check, Operation
from service.value import value


@value
class UpdateAliasInput:
    alias_name: str
    target_key_id: str


class UpdateAlias(Operation[UpdateAliasInput, Nothing]):
    """Has an alias stand for another key of the account, of the same type and usage."""

    name = "kms:UpdateAlias"
    mutates = True

    def checks(self, call: Call, given: UpdateAliasInput) -> Iterable[Check]:
        aliases.require_sound(given.alias_name)
        target = aliases.target(call, given.target_key_id)
        alias = lookup.named(call, given.alias_name)
        yield aliases.check(call, self.name, given.alias_name)
        yield check(call, self.name, alias)
        yield check(call, self.name, target)

    def run(self, call: Call, given: UpdateAliasInput) -> Nothing:
        before = lookup.named(call, given.alias_name).found
        key = locked(call, aliases.target(call, given.target_key_id).found, self.name)
        aliases.require_like(before.row, key)
        if key.pk != before.row.pk:
            aliases.require_room(key)
        # only if it still stands for the key that the caller was allowed to take it from
        alias = Alias.objects.filter(
            account=key.account, region=key.region, name=given.alias_name, key_id=before.row.pk
        )
        if not alias.update(key=key, updated=call.caller.time):
            raise aliases.changed(call, given.alias_name)
        return Nothing()
