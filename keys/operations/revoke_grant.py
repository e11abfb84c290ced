"""kms:RevokeGrant."""

from keys import on_grants, uses
from keys.on_grants import GrantOperation
from keys.shapes import Nothing
from service.operation import Call
from service.value import value


@value
class RevokeGrantInput:
    key_id: str
    grant_id: str
    dry_run: bool | None = None


class RevokeGrant(GrantOperation[RevokeGrantInput, Nothing]):
    """Ends a grant, whatever it says; the key's policy says who may."""

    name = "kms:RevokeGrant"
    mutates = True

    def run(self, call: Call, given: RevokeGrantInput) -> Nothing:
        key = self.locked_key(call, given)
        deleted, _ = key.grants.filter(grant_id=given.grant_id).delete()
        if not deleted:
            raise on_grants.not_found(given.grant_id)
        uses.stop_if_dry(given.dry_run)
        return Nothing()
