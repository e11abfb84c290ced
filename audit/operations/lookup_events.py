"""cloudtrail:LookupEvents: what was done in the caller's account and region, newest first."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from audit import search, tokens
from audit.errors import InvalidLookupAttributes, InvalidTimeRange
from audit.identity import user_name
from service.operation import Call, Check, Operation
from service.value import value

MOST_RESULTS = 50

_ATTRIBUTES = {
    "EventId": "event_id",
    "EventName": "event_name",
    "ReadOnly": "read_only",
    "Username": "username",
    "ResourceType": "resource_type",
    "ResourceName": "resource_name",
    "EventSource": "event_source",
    "AccessKeyId": "access_key_id",
}
_TRUTH = {"true": True, "false": False}


@value
class LookupAttribute:
    attribute_key: str
    attribute_value: str


@value
class LookupEventsInput:
    lookup_attributes: tuple[LookupAttribute, ...] = ()
    start_time: datetime | None = None
    end_time: datetime | None = None
    event_category: str | None = None
    max_results: int = MOST_RESULTS
    next_token: str | None = None


@value
class EventResource:
    resource_type: str
    resource_name: str


@value
class Event:
    """`cloud_trail_event` is the record itself, byte for byte as it was hashed."""

    event_id: str
    event_name: str
    read_only: str
    event_time: datetime
    event_source: str
    username: str
    resources: tuple[EventResource, ...]
    cloud_trail_event: str
    access_key_id: str | None = None


@value
class LookupEventsOutput:
    events: tuple[Event, ...] = ()
    next_token: str | None = None


class LookupEvents(Operation[LookupEventsInput, LookupEventsOutput]):
    name = "cloudtrail:LookupEvents"

    def checks(self, call: Call, given: LookupEventsInput) -> Iterable[Check]:
        yield Check("cloudtrail:LookupEvents")

    def run(self, call: Call, given: LookupEventsInput) -> LookupEventsOutput:
        query = _query(call, given)
        if given.event_category is not None:
            return LookupEventsOutput()  # insights, CloudTrail's statistics: none are made here
        after = tokens.opened(given.next_token, query) if given.next_token else None
        found = search.find(query, limit=given.max_results + 1, after=after)
        page = found[: given.max_results]
        token = tokens.seal(page[-1].place, query) if len(found) > len(page) else None
        return LookupEventsOutput(tuple(_event(each) for each in page), token)


def _query(call: Call, given: LookupEventsInput) -> search.Query:
    if given.start_time and given.end_time and given.start_time > given.end_time:
        raise InvalidTimeRange
    return search.Query(
        account=call.caller.account,
        region=call.caller.region,
        start=given.start_time,
        end=given.end_time,
        **_attribute(given.lookup_attributes),
    )


def _attribute(attributes: tuple[LookupAttribute, ...]) -> Mapping[str, Any]:
    """The one attribute to look for, as a search's argument; nothing if there is none."""
    if len(attributes) > 1:
        raise InvalidLookupAttributes("You can look up events by one attribute at a time.")
    for attribute in attributes:
        name, text = _ATTRIBUTES[attribute.attribute_key], attribute.attribute_value
        if not text.isprintable():  # no record holds such a text, and no database takes it
            raise InvalidLookupAttributes("The attribute value has characters that are not valid.")
        return {name: _truth(text) if name == "read_only" else text}
    return {}


def _truth(text: str) -> bool:
    if text.lower() not in _TRUTH:
        raise InvalidLookupAttributes("The value for ReadOnly must be true or false.")
    return _TRUTH[text.lower()]


def _event(found: search.Found) -> Event:
    record = found.event
    identity = record["userIdentity"]
    return Event(
        event_id=record["eventID"],
        event_name=record["eventName"],
        read_only=str(record["readOnly"]).lower(),
        event_time=found.place.time,
        event_source=record["eventSource"],
        username=user_name(identity),
        resources=tuple(EventResource(each["type"], each["ARN"]) for each in record["resources"]),
        cloud_trail_event=found.body.decode(),
        access_key_id=identity.get("accessKeyId"),
    )
