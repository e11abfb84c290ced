"""What KMS asks of tags that a request brings."""

from collections.abc import Sequence

from keys.errors import TagInvalid

MOST_TAGS = 50


def require_sound(keys: Sequence[str]) -> None:
    """Raise TagInvalid, worded as AWS's, unless tags of these keys can be set or removed."""
    if any(key.lower().startswith("aws:") for key in keys):
        raise TagInvalid("Tags beginning with aws: are reserved")
    if len(keys) > MOST_TAGS:
        raise TagInvalid("Too many tags")
    if len(set(keys)) < len(keys):
        raise TagInvalid("Duplicate tag keys")
