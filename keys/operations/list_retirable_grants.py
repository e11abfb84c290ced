"""kms:ListRetirableGrants."""

from collections.abc import Iterable

from keys import conditions, grantees, lookup, on_grants, paging
from keys.errors import InvalidArn
from keys.models import Grant
from keys.shapes import ListGrantsOutput
from service.caller import Caller
from service.errors import ValidationFailed
from service.operation import Call, Check, Operation
from service.value import value

LIST = "retirable-grants"


@value
class ListRetirableGrantsInput:
    limit: int | None = None
    marker: str | None = None
    retiring_principal: str | None = None
    retiring_service_principal: str | None = None


class ListRetirableGrants(Operation[ListRetirableGrantsInput, ListGrantsOutput]):
    """Lists the grants, on any account's keys, that a principal of the caller's may retire."""

    name = "kms:ListRetirableGrants"

    def checks(self, call: Call, given: ListRetirableGrantsInput) -> Iterable[Check]:
        _require_own(call.caller, given)
        yield Check(self.name, conditions=conditions.of_caller(call.caller))

    def run(self, call: Call, given: ListRetirableGrantsInput) -> ListGrantsOutput:
        caller = call.caller
        length = paging.size(given.limit, on_grants.DEFAULT, on_grants.MOST)
        rows = Grant.objects.filter(
            lookup.is_there(caller.time, "key__"),
            retiring__in=_names(caller, given),
            grant_id__gt=paging.after(LIST, given.marker),
            key__region=caller.region,
        )
        found = rows.select_related("key").order_by("grant_id")[: length + 1]
        return on_grants.page(LIST, found, length)


def _require_own(caller: Caller, given: ListRetirableGrantsInput) -> None:
    principal = given.retiring_principal
    if (principal is None) is (given.retiring_service_principal is None):
        raise ValidationFailed(
            "You must specify either RetiringPrincipal or RetiringServicePrincipal, but not both."
        )
    on_grants.require_service(caller, given.retiring_service_principal)
    if principal is not None and grantees.account_of(caller, principal) != caller.account:
        raise InvalidArn(f"{principal} is not a principal of account {caller.account}.")


def _names(caller: Caller, given: ListRetirableGrantsInput) -> tuple[str, ...]:
    if given.retiring_principal is not None:
        return grantees.spellings(caller, given.retiring_principal)
    return (given.retiring_service_principal or "",)
