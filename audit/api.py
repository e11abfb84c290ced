"""REST: what was done."""

from typing import Any

from audit.operations.lookup_events import LookupEvents
from rest.routes import Page, Route
from rest.views import Resource
from service.caller import Caller

ATTRIBUTES = {
    "event_id": "EventId",
    "event_name": "EventName",
    "read_only": "ReadOnly",
    "username": "Username",
    "resource_type": "ResourceType",
    "resource_name": "ResourceName",
    "event_source": "EventSource",
    "access_key_id": "AccessKeyId",
}


def _attributes(caller: Caller, given: dict[str, Any]) -> None:
    asked = [
        {"attribute_key": key, "attribute_value": given.pop(name)}
        for name, key in ATTRIBUTES.items()
        if name in given
    ]
    if asked:
        given["lookup_attributes"] = asked


class Events(Resource):
    section = "audit"

    get = Route(
        LookupEvents,
        "Look up what was done in the account and region, newest first",
        page=Page("events", limit="max_results", marker="next_token", next="next_token"),
        also={
            name: f"Only events whose {key} is this; one attribute at a time."
            for name, key in ATTRIBUTES.items()
        },
        hidden=("lookup_attributes",),
        prepare=_attributes,
    )
