"""Shapes of SSM's model that several operations share."""

from dataclasses import field
from datetime import datetime

from service.value import value


@value
class Nothing:
    """The output of operations that have none."""


@value
class Tag:
    key: str
    value: str


@value
class ParameterStringFilter:
    key: str
    option: str | None = None
    values: tuple[str, ...] | None = None


@value
class ParameterInlinePolicy:
    policy_text: str
    policy_type: str
    policy_status: str


@value
class Parameter:
    """AWS's Parameter. `selector` begins with its colon; what it has not got is absent."""

    name: str
    type: str
    value: str = field(repr=False)
    version: int
    last_modified_date: datetime
    arn: str = field(metadata={"aws": "ARN"})
    data_type: str | None = None
    selector: str | None = None
    source_result: str | None = field(default=None, repr=False)


@value
class ServiceSetting:
    """AWS's ServiceSetting; who changed it, and when, is absent where nobody did."""

    setting_id: str
    setting_value: str
    arn: str = field(metadata={"aws": "ARN"})
    status: str
    last_modified_date: datetime | None = None
    last_modified_user: str | None = None


@value
class ParametersFilter:
    """A filter as it was given before there were ParameterStringFilters."""

    key: str
    values: tuple[str, ...]
