"""Parameter policies: kept as they are given; what they say is not carried out yet."""

import json

from params.errors import InvalidPolicyAttribute
from params.shapes import ParameterInlinePolicy

PENDING = "Pending"


def stored(given: str) -> str:
    """A request's `Policies` as they are stored; empty for an empty list or object.

    Raises InvalidPolicyAttribute for what is no JSON list.
    """
    try:
        policies = json.loads(given)
    except (ValueError, RecursionError):
        raise InvalidPolicyAttribute("The policies are not valid JSON.") from None
    if policies in ([], {}):
        return ""
    if not isinstance(policies, list):
        raise InvalidPolicyAttribute("The policies must be a JSON array.")
    return given


def told(stored: str) -> tuple[ParameterInlinePolicy, ...]:
    """Policies as they are told: none of them has been carried out."""
    found = json.loads(stored) if stored else []
    return tuple(
        ParameterInlinePolicy(json.dumps(each), str(each.get("Type", "")), PENDING)
        for each in found
        if isinstance(each, dict)
    )
