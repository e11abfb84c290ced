"""Tags of parameters."""

from collections.abc import Mapping, Sequence

from params.errors import TooManyTags
from params.models import Parameter, ParameterTag
from params.shapes import Tag
from service.errors import ValidationFailed

MOST_TAGS = 50


def require_sound(keys: Sequence[str]) -> None:
    """Raise ValidationFailed or TooManyTags unless a request may bring tags of these keys."""
    if any(key.lower().startswith("aws:") for key in keys):
        raise ValidationFailed("Tag keys that begin with aws: are reserved.")
    if len(keys) > MOST_TAGS:
        raise TooManyTags
    if len({key.lower() for key in keys}) < len(keys):
        raise ValidationFailed("Duplicate tag keys.")


def add(row: Parameter, tags: Sequence[Tag]) -> None:
    """Tag the parameter, whose row is locked; a tag that it has gets the new value.

    Keys that differ in case only are refused: conditions on tags do not tell cases apart.
    Raises TooManyTags and ValidationFailed.
    """
    have: Mapping[str, ParameterTag] = {tag.name: tag for tag in row.tags.all()}
    require_sound([*have.keys() - {tag.key for tag in tags}, *(tag.key for tag in tags)])
    for tag in tags:
        if known := have.get(tag.key):
            known.value = tag.value
            known.save(update_fields=["value"])
        else:
            ParameterTag.objects.create(
                parameter=row,
                account=row.account,
                region=row.region,
                path_name=row.path_name,
                name=tag.key,
                value=tag.value,
            )
