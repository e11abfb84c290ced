"""What a record holds: one call, in CloudTrail's shape.

The members and their values follow CloudTrail's record contents, event version 1.11
(https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html).
Request parameters and response elements arrive here already without what is secret.
"""

import traceback
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from audit.identity import user_identity
from audit.plain import clean, dumps
from service.caller import Caller, PrincipalKind
from service.errors import ServiceError
from service.ids import uuid4
from service.resource import Resource

MOST_BODY = 100_000  # bytes; what a caller may fill the trail's disk with in one call
MOST_TEXT = 1024  # characters of an agent or a message
MOST_NAME = 128  # characters of a service or an operation: anyone may ask for any
MOST_REGION = 32  # characters
_PROJECT = Path(__file__).resolve().parent.parent


class Event:
    """One call on its way into the trail. Filled while the call goes on, then serialised.

    `id` is that of the record which was made of it last, `resources` what the call is about.
    """

    __slots__ = (
        "_caller",
        "_error",
        "_operation_name",
        "_read_only",
        "additional",
        "id",
        "request_parameters",
        "resources",
        "response_elements",
        "service_event_details",
    )

    def __init__(self, caller: Caller, operation_name: str, *, read_only: bool) -> None:
        self._caller = caller
        self._operation_name = operation_name
        self._read_only = read_only
        self._error: ServiceError | None = None
        self.id = ""
        self.additional: Mapping[str, Any] = {}
        self.request_parameters: Any = None
        self.resources: Sequence[Resource] = ()
        self.response_elements: Any = None
        self.service_event_details: Any = None  # of what a service does of its own accord

    @property
    def changed_something(self) -> bool:
        """Whether the record would be untrue if the call's transaction were rolled back."""
        return not self._read_only and self._error is None

    def fail(self, error: ServiceError) -> None:
        """The call ended in `error`: what it may have answered or changed is no more."""
        self._error = error
        self.response_elements = None

    def body(self) -> bytes:
        """The record as it is hashed and stored. Each time it is a new one, with its own id."""
        record = self.as_dict()
        self.id = record["eventID"]
        body = dumps(record)
        for member in ("requestParameters", "responseElements"):
            if len(body) > MOST_BODY:
                record[member] = _omitted(member, record[member])
                body = dumps(record)
        return body

    def as_dict(self) -> dict[str, Any]:
        """The record before it is serialised."""
        caller = self._caller
        service, _, action = self._operation_name.partition(":")
        record = {
            "eventVersion": "1.11",
            "userIdentity": user_identity(caller),
            "eventTime": caller.time.isoformat(timespec="seconds")[:19] + "Z",
            "eventSource": clean(service, MOST_NAME) + ".amazonaws.com",
            "eventName": clean(action, MOST_NAME),
            "awsRegion": clean(caller.region, MOST_REGION),
            "sourceIPAddress": clean(caller.source_ip, MOST_TEXT),
            "userAgent": clean(caller.user_agent, MOST_TEXT),
            "requestParameters": self.request_parameters,
            "responseElements": self.response_elements,
            "additionalEventData": {"door": caller.door, **self.additional},
            "requestID": caller.request_id,
            "eventID": uuid4(),
            "readOnly": self._read_only,
            "resources": _named(self.resources),
            "eventType": _event_type(caller, service),
            "managementEvent": True,
            "recipientAccountId": caller.account,
            "eventCategory": "Management",
        }
        if self.service_event_details is not None:
            record["serviceEventDetails"] = self.service_event_details
        if self._error is not None:
            record["errorCode"] = self._error.query_code if caller.query else self._error.code
            record["errorMessage"] = clean(self._error.message, MOST_TEXT)
        return record


def where(error: BaseException) -> str:
    """The type of `error` and the line of this project it came from; nothing that it says.

    A log may hold this: an exception's message, and the values around it, may be secret.
    """
    place = "outside the project"
    for frame, line in traceback.walk_tb(error.__traceback__):
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(_PROJECT) and "site-packages" not in path.parts:
            place = f"{path.relative_to(_PROJECT)}:{line}"
    return f"{type(error).__name__} at {place}"


def _named(resources: Iterable[Resource]) -> list[dict[str, str]]:
    """What the call was about, each thing once, in the order given."""
    named = {
        resource.arn: {
            "accountId": resource.account,
            "type": resource.type,
            "ARN": clean(resource.arn, 2 * MOST_TEXT),
        }
        for resource in resources
        if resource.type
    }
    return list(named.values())


def _event_type(caller: Caller, service: str) -> str:
    if service == "signin" and caller.door == "console":
        return "AwsConsoleSignIn"
    own_accord = caller.principal.kind is PrincipalKind.SERVICE
    return "AwsServiceEvent" if own_accord else "AwsApiCall"


def _omitted(member: str, value: Any) -> dict[str, Any]:
    """What CloudTrail writes in place of a member that is too large."""
    return {
        "omitted": True,
        "originalSize": len(dumps(value)),
        "reason": f"{member} too large",
    }
