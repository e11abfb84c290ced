"""Tags of parameters."""

from collections.abc import Mapping, Sequence

from params.errors import TooManyTags
from params.models import Parameter, ParameterTag
from params.shapes import Tag
from service.errors import ValidationFailed
from service.tags import are_alike, are_reserved

MOST_TAGS = 50


def require_sound(keys: Sequence[str]) -> None:
    """Raise ValidationFailed or TooManyTags unless a request may bring tags of these keys."""
    if are_reserved(keys):
        raise ValidationFailed("Tag keys that begin with aws: are reserved.")
    if len(keys) > MOST_TAGS:
        raise TooManyTags
    if are_alike(keys):
        raise ValidationFailed("Duplicate tag keys.")


def add(row: Parameter, given: Sequence[Tag]) -> None:
    """Tag the parameter, whose row is locked; a tag that it has gets the new value.

    Raises TooManyTags and ValidationFailed.
    """
    have: Mapping[str, ParameterTag] = {tag.name: tag for tag in row.tags.all()}
    require_sound([*have.keys() - {tag.key for tag in given}, *(tag.key for tag in given)])
    for tag in given:
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
