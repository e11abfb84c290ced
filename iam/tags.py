"""Tags of users, roles and managed policies."""

from collections.abc import Mapping, Sequence

from iam.errors import InvalidInput, LimitExceeded
from iam.shapes import Tag
from service.tags import are_alike, are_reserved

MOST_TAGS = 50


def added(have: Mapping[str, str], tags: Sequence[Tag]) -> dict[str, str]:
    """`have` with `tags`. Keys are told apart without regard to case, as on AWS.

    A tag whose value changes keeps the case of its key. Raises InvalidInput or LimitExceeded.
    """
    require_sound([tag.key for tag in tags])
    known = {key.lower(): key for key in have}
    found = dict(have) | {known.get(tag.key.lower(), tag.key): tag.value for tag in tags}
    if len(found) > MOST_TAGS:
        raise LimitExceeded(f"The number of tags has reached the maximum limit: {MOST_TAGS}")
    return found


def removed(have: Mapping[str, str], keys: Sequence[str]) -> dict[str, str]:
    gone = {key.lower() for key in keys}
    return {key: told for key, told in have.items() if key.lower() not in gone}


def require_sound(keys: Sequence[str]) -> None:
    """Raise InvalidInput unless a request may set tags of these keys."""
    if are_reserved(keys):
        raise InvalidInput("Tag keys that begin with aws: are reserved.")
    if are_alike(keys):
        raise InvalidInput(
            "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        )
