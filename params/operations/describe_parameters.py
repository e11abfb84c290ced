"""ssm:DescribeParameters."""

from collections.abc import Iterable
from dataclasses import field
from datetime import datetime

from params import filters, listing, policies
from params.filters import Filter
from params.models import Parameter
from params.paging import Asked
from params.shapes import ParameterInlinePolicy, ParametersFilter, ParameterStringFilter
from service.arns import Arn
from service.errors import ValidationFailed
from service.operation import Call, Check, Operation
from service.resource import Resource
from service.value import value

DEFAULT = 10


@value
class DescribeParametersInput:
    filters: tuple[ParametersFilter, ...] = ()
    parameter_filters: tuple[ParameterStringFilter, ...] = ()
    max_results: int = DEFAULT
    next_token: str | None = None
    shared: bool | None = None


@value
class ParameterMetadata:
    """What a parameter is like. What it has not got is absent."""

    name: str
    arn: str = field(metadata={"aws": "ARN"})
    type: str
    last_modified_date: datetime
    last_modified_user: str
    version: int
    tier: str
    policies: tuple[ParameterInlinePolicy, ...]
    data_type: str
    key_id: str | None = None
    description: str | None = None
    allowed_pattern: str | None = None


@value
class DescribeParametersOutput:
    parameters: tuple[ParameterMetadata, ...]
    next_token: str | None = None


class DescribeParameters(Operation[DescribeParametersInput, DescribeParametersOutput]):
    """Describes parameters, without their values. None are shared between accounts yet."""

    name = "ssm:DescribeParameters"

    def checks(self, call: Call, given: DescribeParametersInput) -> Iterable[Check]:
        caller = call.caller
        everything = Arn(caller.partition, "ssm", caller.region, caller.account, "*")
        yield Check(self.name, Resource(str(everything), caller.account))

    def run(self, call: Call, given: DescribeParametersInput) -> DescribeParametersOutput:
        caller, wanted = call.caller, _filters(given)
        asked = Asked(caller, self.name, bool(given.shared), wanted)
        after = asked.after(given.next_token, str)
        if given.shared:
            return DescribeParametersOutput(())
        scope = listing.Scope(caller.account, caller.region)
        page = listing.page(scope, wanted, after, given.max_results, caller.time)
        return DescribeParametersOutput(tuple(map(_told, page.items)), asked.token(page))


def _filters(given: DescribeParametersInput) -> tuple[Filter, ...]:
    if given.filters and given.parameter_filters:
        raise ValidationFailed(
            "You can use either Filters or ParameterFilters in a single request."
        )
    # the older filters find names by how they begin
    older = tuple(
        ParameterStringFilter(
            each.key, filters.BEGINS if each.key == filters.NAME else filters.EQUALS, each.values
        )
        for each in given.filters
    )
    return filters.read(older or given.parameter_filters, filters.OF_DESCRIBE)


def _told(row: Parameter) -> ParameterMetadata:
    return ParameterMetadata(
        name=row.name,
        arn=row.arn,
        type=row.type,
        key_id=row.key_id or None,
        last_modified_date=row.modified,
        last_modified_user=row.modified_by,
        description=row.description or None,
        allowed_pattern=row.allowed_pattern or None,
        version=row.version,
        tier=row.tier,
        policies=policies.told(row.policies, row.policies_done),
        data_type=row.data_type,
    )
