"""kms:DeleteAlias."""

from collections.abc import Iterable

from keys import aliases, lookup
from keys.models import Alias
from keys.on_keys import check
from keys.shapes import Nothing
from service.operation import Call, Check, Operation
from service.value import value


@value
class DeleteAliasInput:
    alias_name: str


class DeleteAlias(Operation[DeleteAliasInput, Nothing]):
    """Deletes an alias, in whatever state its key is; the key stays."""

    name = "kms:DeleteAlias"
    mutates = True

    def checks(self, call: Call, given: DeleteAliasInput) -> Iterable[Check]:
        aliases.require_sound(given.alias_name)
        alias = lookup.named(call, given.alias_name)
        yield aliases.check(call, self.name, given.alias_name)
        yield check(call, self.name, alias)

    def run(self, call: Call, given: DeleteAliasInput) -> Nothing:
        key = lookup.named(call, given.alias_name).found.row
        # only if it still stands for the key that the caller was allowed to take it from
        deleted, _ = Alias.objects.filter(
            account=key.account, region=key.region, name=given.alias_name, key_id=key.pk
        ).delete()
        if not deleted:
            raise aliases.changed(call, given.alias_name)
        return Nothing()
