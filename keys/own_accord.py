"""What the service does to keys of its own accord, recorded as CloudTrail does: a service event."""

from datetime import datetime

from audit.events import Event
from keys.models import Key
from service.caller import Caller, Principal, PrincipalKind
from service.ids import uuid4
from service.resource import Resource
from service.snapshot import Snapshot

KMS = "kms.amazonaws.com"
KEY_TYPE = "AWS::KMS::Key"


def of_key(name: str, key: Key, time: datetime, door: str, by: str = KMS, **details: str) -> Event:
    """The event of a change to `key`, in its region; `details` as CloudTrail names them."""
    made = event(name, Resource(key.arn, key.account, KEY_TYPE), key.region, time, door, by)
    made.service_event_details = details or None
    return made


def event(
    name: str, resource: Resource, region: str, time: datetime, door: str, by: str = KMS
) -> Event:
    """The event of a change to `resource`; `by` is the service that wanted it."""
    made = Event(caller(resource.account, region, time, door, by), name, read_only=False)
    made.resources = [resource]
    return made


def caller(account: str, region: str, time: datetime, door: str, by: str) -> Caller:
    """The service itself. No policy allows it anything."""
    return Caller(
        principal=Principal(PrincipalKind.SERVICE, account, arn="", id=""),
        region=region,
        snapshot=Snapshot(-1),
        time=time,
        request_id=uuid4(),
        source_ip=by,
        user_agent=by,
        door=door,
        via=by,
    )
