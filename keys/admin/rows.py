"""Keys for a list: many in few queries, and only what the caller may know of each."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Count, QuerySet

from iam.authorize import decision_for
from keys.conditions import of_key
from keys.lookup import KEY_TYPE
from keys.models import Key
from service.caller import Caller
from service.operation import Check
from service.resource import Resource
from service.value import value


@value
class Row:
    """A line of a list. Without `kms:DescribeKey` for the key, only its id is told."""

    key_id: str
    described: bool = False
    aliases: tuple[str, ...] = ()
    description: str = ""
    state: str = ""
    created: datetime | None = None
    deletion_date: datetime | None = None


def rows(caller: Caller, key_ids: Sequence[str]) -> list[Row]:
    """The keys with the ids, in their order."""
    found = {key.key_id: key for key in _with_all(_keys_of(caller).filter(key_id__in=key_ids))}
    return [_row(caller, found[key_id]) for key_id in key_ids if key_id in found]


def next_deletions(caller: Caller, limit: int) -> list[Row]:
    """The keys whose deletion is nearest, of those the caller may describe."""
    waiting = _keys_of(caller).filter(deletion_date__gt=caller.time).order_by("deletion_date")
    return [row for row in _listed(caller, _with_all(waiting)[:limit]) if row.described]


def count_by_state(caller: Caller) -> dict[str, int]:
    """How many keys of the caller's account and region are in which state."""
    counted = _keys_of(caller).values_list("state").annotate(Count("id")).order_by("state")
    return dict(counted)


def _keys_of(caller: Caller) -> QuerySet[Key]:
    return Key.objects.filter(account=caller.account, region=caller.region)


def _with_all(keys: QuerySet[Key]) -> QuerySet[Key]:
    return keys.prefetch_related("aliases", "tags")


def _listed(caller: Caller, keys: Iterable[Key]) -> list[Row]:
    return [_row(caller, key) for key in keys]


def _row(caller: Caller, key: Key) -> Row:
    aliases = tuple(sorted(alias.name for alias in key.aliases.all()))
    check = Check("kms:DescribeKey", _resource(key, aliases))
    if not decision_for(caller, check).allowed:
        return Row(key.key_id)
    return Row(
        key.key_id, True, aliases, key.description, key.state, key.created, key.deletion_date
    )


def _resource(key: Key, aliases: Sequence[str]) -> Resource:
    """What `keys.lookup` makes, out of what was read for all keys at once."""
    return Resource(
        key.arn,
        key.account,
        KEY_TYPE,
        policy=key.policy,
        policy_must_allow=True,
        tags={tag.name: tag.value for tag in key.tags.all()},
        conditions=of_key(key, list(aliases)),
    )
