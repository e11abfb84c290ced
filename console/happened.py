"""What was done with one thing of late, out of the trail."""

import json
from collections.abc import Mapping
from typing import Any

from audit.lines import Line, line
from audit.operations.lookup_events import LookupEvents
from console.pages import Answer, Page

RECENT = 10
LOOKED_THROUGH = 50
# what is asked for an operator, who then knows a secret, and not for a page
READINGS = frozenset({"Decrypt", "GetParameter", "GetSecretValue"})


def happened(page: Page, arn: str) -> dict[str, Any]:
    """For a page's template: the latest, without what pages like this one have looked up."""
    attribute = {"AttributeKey": "ResourceName", "AttributeValue": arn}
    asked = {"LookupAttributes": [attribute], "MaxResults": LOOKED_THROUGH}
    events = page.try_to_ask(LookupEvents, asked)
    return {"events": events, "lines": _lines(events)}


def _lines(events: Answer) -> list[Line]:
    found = events.output.events if events.output else ()
    records = [json.loads(each.cloud_trail_event) for each in found]
    return [line(record) for record in records if not _is_a_look(record)][:RECENT]


def _is_a_look(record: Mapping[str, Any]) -> bool:
    door = record["additionalEventData"].get("door")
    if door != "console" or "errorCode" in record:
        return False
    return record["readOnly"] and record["eventName"] not in READINGS
