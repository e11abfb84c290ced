"""ssm:GetParameterHistory."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime

from params import lookup, names, policies, values
from params.models import ParameterVersion
from params.names import Name
from params.on_parameters import ParameterOperation
from params.paging import Asked
from params.shapes import ParameterInlinePolicy
from service.caller import Caller
from service.operation import Call
from service.tokens import Page
from service.value import value

MOST = 50


@value
class GetParameterHistoryInput:
    name: str
    with_decryption: bool | None = None
    max_results: int = MOST
    next_token: str | None = None


@value
class ParameterHistory:
    """A version. What it has not got is absent."""

    name: str
    type: str
    value: str = field(repr=False)
    version: int
    last_modified_date: datetime
    last_modified_user: str
    labels: tuple[str, ...]
    tier: str
    policies: tuple[ParameterInlinePolicy, ...]
    data_type: str
    key_id: str | None = None
    description: str | None = None
    allowed_pattern: str | None = None


@value
class GetParameterHistoryOutput:
    parameters: tuple[ParameterHistory, ...]
    next_token: str | None = None


class GetParameterHistory(ParameterOperation[GetParameterHistoryInput, GetParameterHistoryOutput]):
    """Tells a parameter's versions, the oldest first."""

    name = "ssm:GetParameterHistory"

    def read(self, caller: Caller, text: str) -> Name:
        return names.for_reading(caller, text, selectors=False)

    def run(self, call: Call, given: GetParameterHistoryInput) -> GetParameterHistoryOutput:
        named = lookup.named(call, self.named(call, given))
        row = named.found
        asked = Asked(call.caller, self.name, row.pk)
        after = asked.after(given.next_token, int)
        rows = row.versions.filter(number__gt=after)
        found = list(rows.order_by("number")[: given.max_results + 1])
        shown = found[: given.max_results]
        page = Page(tuple(shown), shown[-1].number if len(found) > len(shown) else None)
        labels = _labels(shown)
        told = tuple(_told(call, named.name, each, labels, given) for each in shown)
        return GetParameterHistoryOutput(told, asked.token(page))


def _labels(versions: Sequence[ParameterVersion]) -> Mapping[int, tuple[str, ...]]:
    """The labels of each version by its number, in the order in which they were made."""
    found: dict[int, tuple[str, ...]] = {}
    if versions:
        numbers = [each.number for each in versions]
        labels = versions[0].parameter.labels.filter(version__in=numbers)
        for number, label in labels.values_list("version", "label"):
            found[number] = (*found.get(number, ()), label)
    return found


def _told(
    call: Call,
    name: Name,
    version: ParameterVersion,
    labels: Mapping[int, tuple[str, ...]],
    given: GetParameterHistoryInput,
) -> ParameterHistory:
    row, decrypt = version.parameter, given.with_decryption
    return ParameterHistory(
        name=row.name if name.by_arn else name.text,
        type=version.type,
        key_id=version.key_id or None,
        last_modified_date=version.modified,
        last_modified_user=version.modified_by,
        description=version.description or None,
        value=values.value_of(call.caller, row, version, decrypt=decrypt),
        allowed_pattern=version.allowed_pattern or None,
        version=version.number,
        labels=labels.get(version.number, ()),
        tier=version.tier,
        policies=policies.told(version.policies, version.policies_done),
        data_type=version.data_type,
    )
