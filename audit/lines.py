"""Records as a list shows them to people."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from audit.identity import user_name
from service.value import value


@value
class Line:
    """What a list tells of a record; `error` is empty for a success, `time` is in UTC."""

    time: datetime
    event_id: str
    name: str
    source: str
    user: str
    resources: tuple[str, ...]
    error: str


def line(record: Mapping[str, Any]) -> Line:
    """A record in CloudTrail's shape as a line."""
    return Line(
        time=datetime.fromisoformat(record["eventTime"]),
        event_id=record["eventID"],
        name=record["eventName"],
        source=record["eventSource"].removesuffix(".amazonaws.com"),
        user=user_name(record["userIdentity"]),
        resources=tuple(each["ARN"] for each in record["resources"]),
        error=record.get("errorCode", ""),
    )
