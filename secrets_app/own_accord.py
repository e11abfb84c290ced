"""What the service does to secrets of its own accord: recorded, and told to those who listen.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
"""

from datetime import datetime

from audit import trail
from keys import own_accord
from notices import outbox
from notices.outbox import Notice
from secrets_app import lookup
from secrets_app.models import Secret
from secrets_app.sealing import VIA
from service.resource import Resource

DETAIL_TYPE = "AWS Service Event via CloudTrail"


def record(row: Secret, name: str, time: datetime, door: str = "worker", **details: str) -> None:
    """In the transaction of what was done to the secret. `details`: never a value."""
    resource = Resource(row.arn, row.account, lookup.TYPE)
    event = own_accord.event(f"secretsmanager:{name}", resource, row.region, time, door, by=VIA)
    event.service_event_details = {"secretId": row.arn, **details}
    trail.record(event)
    _tell(row, name, time, {"secretId": row.arn, **details})


def _tell(row: Secret, name: str, time: datetime, details: dict[str, str]) -> None:
    detail = {
        "eventSource": VIA,
        "eventName": name,
        "eventType": "AwsServiceEvent",
        "serviceEventDetails": details,
    }
    outbox.put(
        Notice(
            source="aws.secretsmanager",
            detail_type=DETAIL_TYPE,
            account=row.account,
            region=row.region,
            time=time,
            resources=(row.arn,),
            detail=detail,
        )
    )
