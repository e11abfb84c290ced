"""ssm:GetParametersByPath."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeAlias

from django.db.models import Q

from params import conditions, filters, listing, lookup, names, values
from params.filters import Filter
from params.models import Label, ParameterVersion
from params.models import Parameter as Row
from params.paging import Asked, Page
from params.shapes import Parameter, ParameterStringFilter
from service.caller import Caller
from service.operation import Call, Check, Operation
from service.resource import Resource
from service.value import value

MOST = 10
MOST_REMEMBERED = 400  # pages, each with ten values of up to 8 KB

# whose parameters, the filters, what the page comes after, and its length
Question: TypeAlias = tuple[listing.Scope, tuple[Filter, ...], str, int]


@value
class GetParametersByPathInput:
    path: str
    recursive: bool | None = None
    parameter_filters: tuple[ParameterStringFilter, ...] = ()
    with_decryption: bool | None = None
    max_results: int = MOST
    next_token: str | None = None


@value
class GetParametersByPathOutput:
    parameters: tuple[Parameter, ...]
    next_token: str | None = None


class GetParametersByPath(Operation[GetParametersByPathInput, GetParametersByPathOutput]):
    """Tells the parameters in a path; with Recursive, of the paths below it too.

    Who may do this to a path sees all that is below, as AWS says: the parameters themselves
    are not asked for.
    """

    name = "ssm:GetParametersByPath"

    def checks(self, call: Call, given: GetParametersByPathInput) -> Iterable[Check]:
        caller = call.caller
        arn = names.arn_of(caller.account, caller.region, names.asked_path(given.path))
        found = {"ssm:Recursive": conditions.truth(bool(given.recursive))}
        yield Check(self.name, Resource(arn, caller.account, lookup.TYPE), found)

    def run(self, call: Call, given: GetParametersByPathInput) -> GetParametersByPathOutput:
        caller, path = call.caller, names.path(given.path)
        wanted = filters.read(given.parameter_filters, filters.OF_PATH)
        asked = Asked(caller, self.name, path, bool(given.recursive), wanted)
        scope = listing.Scope(caller.account, caller.region)
        all_of = (filters.of_path(path, recursive=given.recursive), *wanted)
        after = asked.after(given.next_token, str)
        page = _remembered(caller, (scope, all_of, after, given.max_results))
        told = tuple(
            values.told(caller, version, decrypt=given.with_decryption) for version in page.items
        )
        return GetParametersByPathOutput(told, asked.token(page))


def _remembered(caller: Caller, question: Question) -> Page[ParameterVersion]:
    """The page as it was read at this revision, unless something on it has expired since."""
    key = ("parameters by path", *question)
    page: Page[ParameterVersion] | None = caller.snapshot.recall(key)
    if page is None or any(each.parameter.has_expired(caller.time) for each in page.items):
        page = _page(question, caller.time)
        caller.snapshot.keep(key, page, MOST_REMEMBERED)
    return page


def _page(question: Question, time: datetime) -> Page[ParameterVersion]:
    _, wanted, _, _ = question
    page = listing.page(*question, time)
    return Page(tuple(_versions(page.items, wanted)), page.place)


def _versions(rows: Sequence[Row], wanted: Sequence[Filter]) -> list[ParameterVersion]:
    """The current version of each; where labels are asked for, the newest that has one."""
    numbers = {row.pk: row.version for row in rows}
    for each in wanted:
        if each.key == filters.LABEL:
            labels = Label.objects.filter(parameter__in=rows, label__in=each.values or ())
            numbers = dict(labels.order_by("version").values_list("parameter_id", "version"))
    places = Q(*[Q(parameter=pk, number=number) for pk, number in numbers.items()], _connector=Q.OR)
    versions = ParameterVersion.objects.filter(places).select_related("parameter")
    return sorted(versions, key=lambda each: each.parameter.path_name) if numbers else []
