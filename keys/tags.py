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
    require_distinct(keys)


def require_distinct(keys: Sequence[str]) -> None:
    """Raise TagInvalid where keys differ in case only.

    AWS lets them stand side by side, but conditions on tags do not tell cases apart: with
    team=blue and TEAM=red, who may only tag team=red would have set team=blue.
    """
    if len({key.lower() for key in keys}) < len(keys):
        raise TagInvalid("Duplicate tag keys")
