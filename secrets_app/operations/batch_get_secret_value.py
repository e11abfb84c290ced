"""secretsmanager:BatchGetSecretValue."""

from collections.abc import Iterable, Sequence

from secrets_app import filters, listing
from secrets_app.errors import InvalidParameter
from secrets_app.operations.get_secret_value import GetSecretValue
from secrets_app.paging import Asked
from secrets_app.shapes import Filter, SecretValue
from service.call import call as asked_for
from service.errors import ServiceError
from service.operation import Call, Check, Operation
from service.value import value

MOST = 20


@value
class BatchGetSecretValueInput:
    secret_id_list: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    max_results: int | None = None
    next_token: str | None = None


@value
class APIError:
    """AWS's APIErrorType."""

    secret_id: str
    error_code: str
    message: str | None = None


@value
class BatchGetSecretValueOutput:
    secret_values: tuple[SecretValue, ...]
    errors: tuple[APIError, ...]
    next_token: str | None = None


class BatchGetSecretValue(Operation[BatchGetSecretValueInput, BatchGetSecretValueOutput]):
    """Tells the values of up to 20 secrets, by ids or filters.

    Each is a call of GetSecretValue, as the caller: with its own decision and record.
    """

    name = "secretsmanager:BatchGetSecretValue"

    def checks(self, call: Call, given: BatchGetSecretValueInput) -> Iterable[Check]:
        _require_sound(given)
        yield Check(self.name)
        if given.filters:
            yield Check("secretsmanager:ListSecrets")

    def run(self, call: Call, given: BatchGetSecretValueInput) -> BatchGetSecretValueOutput:
        ids, token = given.secret_id_list, None
        if given.filters:
            ids, token = self._filtered(call, given)
        found: list[SecretValue] = []
        errors: list[APIError] = []
        for each in ids:
            try:
                found.append(asked_for(call.caller, GetSecretValue, {"SecretId": each}))
            except ServiceError as error:
                if error.status >= 500:
                    raise
                errors.append(APIError(each, error.code, error.message or None))
        return BatchGetSecretValueOutput(tuple(found), tuple(errors), token)

    def _filtered(
        self, call: Call, given: BatchGetSecretValueInput
    ) -> tuple[tuple[str, ...], str | None]:
        caller = call.caller
        wanted = listing.Wanted(
            caller.account, caller.region, caller.time, filters.read(given.filters)
        )
        asked = Asked(caller, self.name, wanted.filters)
        place = asked.after(given.next_token, _first)
        page = listing.page(wanted, place, given.max_results or MOST)
        return tuple(row.arn for row in page.items), asked.token(page)


def _require_sound(given: BatchGetSecretValueInput) -> None:
    ids: Sequence[str] = given.secret_id_list
    if given.max_results is not None and not given.filters:
        raise InvalidParameter(
            "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is "
            "provided."
        )
    if bool(ids) == bool(given.filters):
        raise InvalidParameter("Either 'SecretIdList' or 'Filters' must be provided, but not both.")


def _first() -> listing.Place:
    return None
