"""What KMS asks of tags that a request brings."""

from collections.abc import Sequence

from keys.errors import TagInvalid
from service.tags import are_alike, are_reserved

MOST_TAGS = 50


def require_sound(keys: Sequence[str]) -> None:
    """Raise TagInvalid, worded as AWS's, unless tags of these keys can be set or removed."""
    if are_reserved(keys):
        raise TagInvalid("Tags beginning with aws: are reserved")
    if len(keys) > MOST_TAGS:
        raise TagInvalid("Too many tags")
    require_distinct(keys)


def require_distinct(keys: Sequence[str]) -> None:
    """Raise TagInvalid where keys differ in case only, if at all."""
    if are_alike(keys):
        raise TagInvalid("Duplicate tag keys")
