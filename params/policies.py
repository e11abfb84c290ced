"""Parameter policies: kept as they are given; what they say is not carried out yet."""

import json

from params.errors import InvalidPolicyAttribute


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
