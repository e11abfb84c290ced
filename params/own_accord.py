"""What the service does to parameters of its own accord, as their policies want it."""

from datetime import datetime

from audit import trail
from audit.events import Event
from keys import own_accord
from params import policies, telling
from params.lookup import TYPE
from params.models import Parameter
from params.policies import Policy
from params.secure import VIA
from service.resource import Resource


def expire(row: Parameter, time: datetime, door: str) -> None:
    """Delete the parameter, which has expired, with a record and notices of that."""
    event = _event("ssm:DeleteParameter", row, time, door)
    event.service_event_details = {
        "parameterName": row.name,
        "policyType": policies.EXPIRATION,
    }
    for policy in policies.read(row.policies):
        if policy.type == policies.EXPIRATION:
            telling.of_policy(row, policy, time)
    telling.of_change(row, telling.DELETE, time)
    row.delete()
    trail.record(event)


def notify(row: Parameter, time: datetime, door: str) -> None:
    """Tell what the parameter's policies want told by now, and note that it was."""
    found = policies.read(row.policies)
    due = [
        place
        for moment, place in policies.notices(found, row.modified, row.policies_done)
        if moment <= time
    ]
    for place in due:
        row.policies_done |= 1 << place
        _notify(row, found[place], time, door)
    left = policies.notices(found, row.modified, row.policies_done)
    row.next_notice = left[0][0] if left else None
    row.save(update_fields=["policies_done", "next_notice"])
    row.versions.filter(number=row.version).update(policies_done=row.policies_done)


def _notify(row: Parameter, policy: Policy, time: datetime, door: str) -> None:
    event = _event("ssm:ParameterPolicyAction", row, time, door)
    event.service_event_details = {"parameterName": row.name, "policyType": policy.type}
    telling.of_policy(row, policy, time)
    trail.record(event)


def _event(name: str, row: Parameter, time: datetime, door: str) -> Event:
    resource = Resource(row.arn, row.account, TYPE)
    return own_accord.event(name, resource, row.region, time, door, VIA)
