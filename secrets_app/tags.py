"""Tags of secrets."""

from collections.abc import Mapping, Sequence

from secrets_app.errors import InvalidParameter
from secrets_app.lookup import read_tags
from secrets_app.models import Secret, SecretTag
from secrets_app.shapes import Tag
from service.tags import are_alike, are_reserved

MOST_TAGS = 50


def require_sound(keys: Sequence[str]) -> None:
    """Raise InvalidParameter unless a request may bring tags of these keys."""
    if not all(keys):
        raise InvalidParameter("A tag must have a Key.")
    if are_reserved(keys):
        raise InvalidParameter("Tag keys that begin with aws: are reserved.")
    if len(keys) > MOST_TAGS:
        raise InvalidParameter(f"A secret has {MOST_TAGS} tags at most.")
    if are_alike(keys):
        raise InvalidParameter("Duplicate tag keys.")


def added(have: Mapping[str, str], tags: Sequence[Tag]) -> dict[str, str]:
    """`have` with `tags`, in order. Raises InvalidParameter."""
    require_sound([tag.key for tag in tags])
    found = dict(have) | {tag.key: tag.value for tag in tags}
    require_sound(list(found))
    return found


def write(row: Secret, tags: Mapping[str, str]) -> None:
    """Have these tags on the secret, whose row is locked, and no others."""
    have = read_tags(row)
    row.tags.exclude(name__in=list(tags)).delete()
    for name, told in tags.items():
        if name not in have:
            SecretTag.objects.create(
                secret=row, account=row.account, region=row.region, name=name, value=told
            )
        elif have[name] != told:
            row.tags.filter(name=name).update(value=told)


def told(row: Secret, tags: Mapping[str, str]) -> tuple[Tag, ...] | None:
    """Absent for what never had one."""
    if not tags and not row.was_tagged:
        return None
    return tuple(Tag(name, value) for name, value in tags.items())
