"""kms:CreateAlias."""

from collections.abc import Iterable

from django.db import IntegrityError
from django.db.transaction import atomic

from keys import aliases, identifiers
from keys.models import Alias
from keys.on_keys import check, locked
from keys.shapes import Nothing
from service.operation import Call, Check, Operation
from service.value import value


@value
class CreateAliasInput:
    alias_name: str
    target_key_id: str


class CreateAlias(Operation[CreateAliasInput, Nothing]):
    """Gives a key of the account another name."""

    name = "kms:CreateAlias"
    mutates = True

    def checks(self, call: Call, given: CreateAliasInput) -> Iterable[Check]:
        aliases.require_sound(given.alias_name)
        target = aliases.target(call, given.target_key_id)
        yield aliases.check(call, self.name, given.alias_name)
        yield check(call, self.name, target)

    def run(self, call: Call, given: CreateAliasInput) -> Nothing:
        key = locked(call, aliases.target(call, given.target_key_id).found, self.name)
        aliases.require_room(key)
        columns = {"account": key.account, "region": key.region, "name": given.alias_name}
        named, time = identifiers.alias_name(call.caller, given.alias_name), call.caller.time
        aliases.free(named, time)
        try:
            with atomic():
                Alias.objects.create(key=key, created=time, updated=time, **columns)
        except IntegrityError:
            raise aliases.taken(named) from None
        return Nothing()
