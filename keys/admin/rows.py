"""Keys for a list: many in few queries, and only what the caller may know of each."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When

from iam.authorize import decision_for
from keys.conditions import of_key
from keys.lookup import KEY_TYPE, is_there
from keys.models import ConnectionState, Key, KeyManager, KeyState
from keys.specs import AWS_KMS
from keys.states import PENDING, state_of
from service.caller import Caller
from service.operation import Check
from service.resource import Resource
from service.value import value


@value
class Row:
    """A line of a list. Without `kms:DescribeKey` for the key, only its id is told.

    `marks` are what is particular about its kind: who manages it, where its material is from.
    """

    key_id: str
    described: bool = False
    aliases: tuple[str, ...] = ()
    description: str = ""
    state: str = ""
    spec: str = ""
    usage: str = ""
    marks: tuple[str, ...] = ()
    created: datetime | None = None
    deletion_date: datetime | None = None
    valid_to: datetime | None = None


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
    counted = _with_state(caller).values_list("now").annotate(Count("id")).order_by("now")
    return dict(counted)


def in_state(caller: Caller, state: KeyState, after: str, limit: int) -> list[str]:
    """The ids of keys in the state, in order, from `after` on."""
    found = _with_state(caller).filter(now=state, key_id__gt=after).order_by("key_id")
    return list(found.values_list("key_id", flat=True)[:limit])


def beginning(caller: Caller, start: str, limit: int) -> list[str]:
    """The ids of keys that begin with `start`, in order."""
    found = _keys_of(caller).filter(key_id__startswith=start).order_by("key_id")
    return list(found.values_list("key_id", flat=True)[:limit])


def _keys_of(caller: Caller) -> QuerySet[Key]:
    there = is_there(caller.time)
    return Key.objects.filter(there, account=caller.account, region=caller.region)


def _with_state(caller: Caller) -> QuerySet[Any]:
    """The keys with `now`: what `keys.states.state_of` says of each, for the database."""
    now = Case(
        When(state__in=PENDING, then=F("state")),
        When(
            ~Q(store=None) & ~Q(store__state=ConnectionState.CONNECTED),
            then=Value(KeyState.UNAVAILABLE),
        ),
        When(store=None, valid_to__lte=caller.time, then=Value(KeyState.PENDING_IMPORT)),
        default=F("state"),
        output_field=CharField(),
    )
    return _keys_of(caller).annotate(now=now)


def _with_all(keys: QuerySet[Key]) -> QuerySet[Key]:
    return keys.select_related("store").prefetch_related("aliases", "tags")


def _listed(caller: Caller, keys: Iterable[Key]) -> list[Row]:
    return [_row(caller, key) for key in keys]


def _row(caller: Caller, key: Key) -> Row:
    aliases = tuple(sorted(alias.name for alias in key.aliases.all()))
    check = Check("kms:DescribeKey", _resource(key, aliases))
    if not decision_for(caller, check).allowed:
        return Row(key.key_id)
    return Row(
        key_id=key.key_id,
        described=True,
        aliases=aliases,
        description=key.description,
        state=state_of(key, caller.time),
        spec=key.spec,
        usage=key.usage,
        marks=tuple(_marks(key)),
        created=key.created,
        deletion_date=key.deletion_date,
        valid_to=key.valid_to,
    )


def _marks(key: Key) -> Iterator[str]:
    if key.manager == KeyManager.AWS:
        yield "AWS managed"
    if key.origin != AWS_KMS:
        yield key.origin
    if key.multi_region:
        yield f"Multi-Region {'primary' if key.region == key.primary_region else 'replica'}"


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
