"""Policies as they are written, for tests."""

import json
from datetime import datetime
from typing import Any


def ends(moment: datetime) -> dict[str, Any]:
    return _policy("Expiration", Timestamp=moment.isoformat())


def before(count: object, unit: object) -> dict[str, Any]:
    return _policy("ExpirationNotification", Before=count, Unit=unit)


def after(count: object, unit: object) -> dict[str, Any]:
    return _policy("NoChangeNotification", After=count, Unit=unit)


def texts(told: Any) -> list[dict[str, Any]]:
    """The policies of a parameter or a version as it is told."""
    return [json.loads(each.policy_text) for each in told.policies]


def statuses(told: Any) -> list[str]:
    return [each.policy_status for each in told.policies]


def _policy(kind: str, **attributes: object) -> dict[str, Any]:
    return {"Type": kind, "Version": "1.0", "Attributes": attributes}
