"""secretsmanager:ListSecrets."""

from collections.abc import Iterable

from secrets_app import describing, filters, listing
from secrets_app.describing import SecretListEntry
from secrets_app.paging import Asked
from secrets_app.shapes import Filter
from service.operation import Call, Check, Operation
from service.value import value

MOST = 100


@value
class ListSecretsInput:
    include_planned_deletion: bool | None = None
    max_results: int = MOST
    next_token: str | None = None
    filters: tuple[Filter, ...] = ()
    sort_order: str = "asc"
    sort_by: str = "created-date"


@value
class ListSecretsOutput:
    secret_list: tuple[SecretListEntry, ...]
    next_token: str | None = None


class ListSecrets(Operation[ListSecretsInput, ListSecretsOutput]):
    """Lists the account's secrets in the region, without their values."""

    name = "secretsmanager:ListSecrets"

    def checks(self, call: Call, given: ListSecretsInput) -> Iterable[Check]:
        yield Check(self.name)

    def run(self, call: Call, given: ListSecretsInput) -> ListSecretsOutput:
        caller = call.caller
        wanted = listing.Wanted(
            account=caller.account,
            region=caller.region,
            time=caller.time,
            filters=filters.read(given.filters),
            deleted=bool(given.include_planned_deletion),
            order=given.sort_by,
            descending=given.sort_order == "desc",
        )
        asked = Asked(caller, self.name, wanted.filters, wanted.order, wanted.descending)
        page = listing.page(wanted, asked.after(given.next_token, _first), given.max_results)
        return ListSecretsOutput(describing.entries(page.items), asked.token(page))


def _first() -> listing.Place:
    return None
