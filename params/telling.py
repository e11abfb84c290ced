"""What is told of parameters to those who listen (`notices`). Never a value.

https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from notices import outbox
from notices.outbox import Notice
from params.models import Parameter
from params.policies import Policy

CREATE, UPDATE, DELETE, LABEL = "Create", "Update", "Delete", "LabelParameterVersion"
SUCCESS = "Success"


def of_change(row: Parameter, operation: str, time: datetime) -> None:
    """Tell that a parameter was made, changed, deleted, or that a version has a new label."""
    detail = {"operation": operation, "name": row.name, "type": row.type}
    if row.description:
        detail["description"] = row.description
    _put(row, "Parameter Store Change", time, detail)


def of_policy(row: Parameter, policy: Policy, time: datetime) -> None:
    """Tell that a policy was carried out."""
    detail = {
        "parameter-name": row.name,
        "parameter-type": row.type,
        "policy-type": policy.type,
        "policy-content": policy.text,
        "action-status": SUCCESS,
        "action-reason": "",
    }
    _put(row, "Parameter Store Policy Action", time, detail)


def _put(row: Parameter, detail_type: str, time: datetime, detail: Mapping[str, Any]) -> None:
    outbox.put(
        Notice(
            source="aws.ssm",
            detail_type=detail_type,
            account=row.account,
            region=row.region,
            time=time,
            resources=(row.arn,),
            detail=detail,
        )
    )
