"""kms:ListGrants."""

from collections.abc import Iterable

from keys import grantees, on_grants, paging
from keys.on_grants import GrantOperation
from keys.shapes import ListGrantsOutput
from service.errors import ValidationFailed
from service.operation import Call, Check
from service.value import value

LIST = "grants"


@value
class ListGrantsInput:
    key_id: str
    limit: int | None = None
    marker: str | None = None
    grant_id: str | None = None
    grantee_principal: str | None = None
    grantee_service_principal: str | None = None


class ListGrants(GrantOperation[ListGrantsInput, ListGrantsOutput]):
    """Lists a key's grants: all, one, or those of a grantee."""

    name = "kms:ListGrants"

    def checks(self, call: Call, given: ListGrantsInput) -> Iterable[Check]:
        if given.grantee_principal and given.grantee_service_principal:
            raise ValidationFailed(
                "You can specify either GranteePrincipal or GranteeServicePrincipal, but not both."
            )
        on_grants.require_service(call.caller, given.grantee_service_principal)
        yield from super().checks(call, given)

    def run(self, call: Call, given: ListGrantsInput) -> ListGrantsOutput:
        length = paging.size(given.limit, on_grants.DEFAULT, on_grants.MOST)
        rows = self.key(call, given).row.grants.filter(
            grant_id__gt=paging.after(LIST, given.marker)
        )
        if given.grant_id is not None:
            rows = rows.filter(grant_id=given.grant_id)
        if given.grantee_principal is not None:
            names = grantees.spellings(call.caller, given.grantee_principal)
            rows = rows.filter(grantee__in=names)
        if given.grantee_service_principal is not None:
            rows = rows.filter(grantee=given.grantee_service_principal)
        found = rows.select_related("key").order_by("grant_id")[: length + 1]
        return on_grants.page(LIST, found, length)
