"""Parameter policies: what they may say, and when that is due.

https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-policies.html
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from params.errors import (
    IncompatiblePolicy,
    InvalidPolicyAttribute,
    InvalidPolicyType,
    PoliciesLimitExceeded,
)
from params.shapes import ParameterInlinePolicy
from service.errors import ValidationFailed
from service.value import value

EXPIRATION, EXPIRATION_NOTIFICATION, NO_CHANGE_NOTIFICATION = (
    *("Expiration", "ExpirationNotification", "NoChangeNotification"),
)
PENDING, FINISHED = "Pending", "Finished"
VERSION = "1.0"
MOST_POLICIES = 10
LONGEST = timedelta(days=36_500)
_COUNT: Mapping[str, str] = MappingProxyType(
    {EXPIRATION_NOTIFICATION: "Before", NO_CHANGE_NOTIFICATION: "After"}
)
_UNITS: Mapping[str, timedelta] = MappingProxyType(
    {"DAYS": timedelta(days=1), "HOURS": timedelta(hours=1)}
)
# ISO_INSTANT or ISO_OFFSET_DATE_TIME
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d(:\d\d)?)", re.ASCII
)
_POSITIVE = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


@value
class Policy:
    """A policy that is sound.

    text  its JSON
    at    when an Expiration is due
    span  how long before the expiration, or after the last change, the others are
    """

    type: str
    text: str
    at: datetime | None = None
    span: timedelta = timedelta(0)


def stored(given: str, time: datetime) -> str:
    """A request's `Policies` as they are stored; empty for an empty list or object.

    Raises what AWS answers for policies that cannot be.
    """
    try:
        found = json.loads(given, parse_constant=_no_json)
    except (ValueError, RecursionError):
        raise _unreadable(given) from None
    if found in ([], {}):
        return ""
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise _unreadable(given)
    if len(found) > MOST_POLICIES:
        raise PoliciesLimitExceeded
    _require_together([_policy(each) for each in found], time)
    for each in found:
        _require_flat(each)
    return given


def read(stored: str) -> tuple[Policy, ...]:
    """The policies that are stored."""
    return tuple(_policy(each) for each in json.loads(stored)) if stored else ()


def told(stored: str, done: int) -> tuple[ParameterInlinePolicy, ...]:
    """Policies as they are told. `done`: a bit for each that was carried out."""
    return tuple(
        ParameterInlinePolicy(each.text, each.type, FINISHED if done & 1 << place else PENDING)
        for place, each in enumerate(read(stored))
    )


def carried(stored: str, done: int) -> int:
    """What of the policies is done when the next version takes them over.

    What was said of the expiration is not said again; that nothing changed may be.
    """
    return sum(
        done & 1 << place
        for place, each in enumerate(read(stored))
        if each.type != NO_CHANGE_NOTIFICATION
    )


def expires(policies: tuple[Policy, ...]) -> datetime | None:
    return next((each.at for each in policies if each.type == EXPIRATION), None)


def notices(
    policies: tuple[Policy, ...], modified: datetime, done: int
) -> list[tuple[datetime, int]]:
    """When each policy that notifies and has not yet is due, and its place; the first due first.

    `modified`: when the version was made.
    """
    found = [
        (_due(each, expires(policies), modified), place)
        for place, each in enumerate(policies)
        if each.type != EXPIRATION and not done & 1 << place
    ]
    return sorted(found)


def _due(policy: Policy, expires: datetime | None, modified: datetime) -> datetime:
    if policy.type == NO_CHANGE_NOTIFICATION:
        return modified + policy.span
    assert expires is not None  # noqa: S101 - `_require_together`
    return max(modified, expires - policy.span)


def _policy(given: dict[str, Any]) -> Policy:
    kind, attributes = given.get("Type"), given.get("Attributes")
    if kind not in (EXPIRATION, *_COUNT):
        raise InvalidPolicyType(f"Policy type {kind} is not supported.")
    if given.get("Version") != VERSION:
        raise InvalidPolicyAttribute("Unsupported policy version.")
    if not isinstance(attributes, dict):
        raise _missing("Attributes")
    text = json.dumps(given, separators=(",", ":"))
    if kind == EXPIRATION:
        return Policy(kind, text, at=_moment(attributes))
    return Policy(kind, text, span=_span(attributes, _COUNT[kind]))


def _moment(attributes: Mapping[str, Any]) -> datetime:
    if "Timestamp" not in attributes:
        raise InvalidPolicyAttribute(
            "A valid Expiration policy must have an attribute of Timestamp."
        )
    text = attributes["Timestamp"]
    try:
        if isinstance(text, str) and _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):  # no such day
        pass
    raise InvalidPolicyAttribute("Invalid timestamp format")


def _span(attributes: Mapping[str, Any], count: str) -> timedelta:
    for name in (count, "Unit"):
        if name not in attributes:
            raise _missing(name)
    number, unit = attributes[count], _UNITS.get(str(attributes["Unit"]).upper())
    if isinstance(number, bool) or not _POSITIVE.fullmatch(str(number)):
        raise InvalidPolicyAttribute(f"Attribute {count} must be a positive integer.")
    if unit is None:
        raise InvalidPolicyAttribute("Supported time units: DAYS HOURS")
    if int(number) * unit > LONGEST:
        raise InvalidPolicyAttribute(f"Attribute {count} must be {LONGEST.days} days at most.")
    return int(number) * unit


def _require_together(policies: list[Policy], time: datetime) -> None:
    """Raise IncompatiblePolicy or InvalidPolicyAttribute unless a parameter may have them all."""
    ends = [each.at for each in policies if each.type == EXPIRATION]
    if len(ends) > 1:
        raise IncompatiblePolicy("There can be only one expiration policy")
    if not ends and any(each.type == EXPIRATION_NOTIFICATION for each in policies):
        raise IncompatiblePolicy("Expiration notification policies are missing expiration policy")
    if ends and ends[0] is not None and ends[0] <= time:
        raise InvalidPolicyAttribute("The expiration timestamp must be in the future.")


def _require_flat(policy: Mapping[str, Any]) -> None:
    """Raise InvalidPolicyAttribute for what holds others, or is no JSON once it is written again.

    Lists in lists would be read again with every page of parameters, by callers whose stack
    may have less room for them than that of whoever put them there.
    """
    others = {name: each for name, each in policy.items() if name != "Attributes"}
    for name, each in (*policy["Attributes"].items(), *others.items()):
        if not isinstance(each, (str, int)):
            raise InvalidPolicyAttribute(f"Attribute {name} must be a text or a whole number.")


def _missing(name: str) -> InvalidPolicyAttribute:
    return InvalidPolicyAttribute(f"Mandatory policy attribute {name} is missing.")


def _unreadable(given: str) -> ValidationFailed:
    return ValidationFailed(f"Invalid policies input: {given}.")


def _no_json(text: str) -> None:
    raise ValueError(f"{text} is not JSON")
