"""From what a request names to the key, loaded once for each revision.

A key comes with all that a decision or a use of it needs, so that a call on a key that is
remembered asks the database nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.db.models import Q

from crypto.provider import Material as OpenMaterial
from crypto.provider import Provider
from keys import grants, identifiers, managed, material, own_accord
from keys.conditions import of_key
from keys.errors import NotFound
from keys.identifiers import KeyName
from keys.models import Alias, Key, Material
from keys.stores import requests
from service.caller import Caller
from service.later import Later
from service.operation import Call
from service.resource import Resource
from service.value import value

KEY_TYPE, ALIAS_TYPE = own_accord.KEY_TYPE, "AWS::KMS::Alias"


@value
class LoadedKey:
    """A key as it was read, with those of its materials that are there, by their ids.

    Nobody changes it. One that is enabled has all that ever encrypted.
    """

    row: Key
    arn: str
    provider: Provider
    materials: Mapping[str, OpenMaterial]
    resource: Resource

    @property
    def current(self) -> OpenMaterial:
        """The material that encrypts."""
        return self.materials[self.row.current_material]


@value
class Named:
    """What a request named: the resource to ask for, and the key if there is one.

    `make` is there where the key is one that the first call which may use it makes.
    """

    name: KeyName
    resource: Resource
    key: LoadedKey | None
    make: Callable[[], LoadedKey | None] | None = None

    @property
    def found(self) -> LoadedKey:
        """The key, after the road has let the check on `resource` pass."""
        key = self.make() if self.make else self.key
        if key is None:
            raise self.resource.missing or not_there(self.name)
        return key


def named(call: Call, text: str, *, aliases: bool = True, other_accounts: bool = True) -> Named:
    """The key that `text` names, by alias too and in other accounts too where the operation may.

    Raises NotFound if `text` cannot name a key.
    """
    return call.once(
        ("named", text, aliases, other_accounts),
        lambda: in_call(call, _named(call.caller, text, aliases, other_accounts)),
    )


def elsewhere(call: Call, name: KeyName, region: str) -> Named:
    """The multi-Region relative, in another region, of the key that `name` names by its id."""
    there = replace(name, region=region)
    key = by_key_id(replace(call.caller, region=region), name.key_id)
    if key is None or key.row.account != name.account:
        return Named(there, missing(there), None)
    return Named(there, key.resource, key)


def in_call(call: Call, named: Named) -> Named:
    """The same; a key that is held elsewhere comes with the call that it may be used for."""
    key = named.key
    if key is None or key.row.store_id is None:
        return named
    request = requests.of(call.caller, call.operation)
    told = {name: replace(each, request=request) for name, each in key.materials.items()}
    return replace(named, key=replace(key, materials=told))


def by_key_id(caller: Caller, key_id: str) -> LoadedKey | None:
    """The key with the id in the caller's region, whoever's it is."""
    found = caller.snapshot.get(("key", caller.region, key_id), lambda: load(caller.region, key_id))
    return None if found is None or is_gone(found.row, caller.time) else found


def by_alias(caller: Caller, name: KeyName) -> LoadedKey | None:
    key_id = caller.snapshot.get(
        ("alias", name.account, name.region, name.alias), lambda: _target(name)
    )
    return None if key_id is None else by_key_id(caller, key_id)


def family(call: Call, key: Key) -> tuple[Key, ...]:
    """A multi-Region key with its relatives, as they are known; empty for any other key."""
    if not key.multi_region:
        return ()
    known = call.caller.snapshot.get(
        ("family", key.account, key.key_id),
        lambda: tuple(Key.objects.filter(account=key.account, key_id=key.key_id)),
    )
    return tuple(each for each in known if not is_gone(each, call.caller.time))


def load(region: str, key_id: str) -> LoadedKey | None:
    """One query; tags and aliases are another each, if a policy or a caller asks for them."""
    rows = Material.objects.select_related("key__store")
    materials = list(rows.filter(key__region=region, key__key_id=key_id))
    key = materials[0].key if materials else _without_material(region, key_id)
    if key is None:
        return None
    arn = key.arn
    there = [each for each in materials if each.sealed is not None]
    opened = {each.material_id: material.opened_by(key, arn, each) for each in there}
    return LoadedKey(key, arn, material.provider_of(key), opened, _resource(key, arn))


def _without_material(region: str, key_id: str) -> Key | None:
    return Key.objects.select_related("store").filter(region=region, key_id=key_id).first()


def is_gone(row: Key, time: datetime) -> bool:
    """Whether the key's deletion is due, though nobody may have come round to it yet."""
    return row.deletion_date is not None and row.deletion_date <= time


def is_there(time: datetime, key: str = "") -> Q:
    """The rows whose key is not gone in this sense; `key`: the way to the key, "key__"."""
    return Q(**{f"{key}deletion_date": None}) | Q(**{f"{key}deletion_date__gt": time})


def not_there(name: KeyName) -> NotFound:
    if name.alias:
        return NotFound(f"Alias {name.arn} is not found.")
    return NotFound(f"Key '{name.arn}' does not exist")


def missing(name: KeyName) -> Resource:
    """The name of a key or an alias that is not there."""
    kind = ALIAS_TYPE if name.alias else KEY_TYPE
    return Resource(name.arn, name.account, kind, missing=not_there(name))


def alias_resource(name: KeyName) -> Resource:
    """An alias as such; it has no policy of its own."""
    return Resource(name.arn, name.account, ALIAS_TYPE)


def _named(caller: Caller, text: str, aliases: bool, other_accounts: bool) -> Named:
    name = identifiers.parse(caller, text, aliases=aliases)
    if name.account != caller.account and not other_accounts:
        # without a policy that allows it, nothing in another account is ever allowed
        return Named(name, missing(name), None)
    key = by_alias(caller, name) if name.alias else by_key_id(caller, name.key_id)
    if key is None and name.account == caller.account and managed.is_ready_made(name.alias):
        return _ready_made(caller, name)
    if key is None or key.row.account != name.account:
        return Named(name, missing(name), None)
    return Named(name, key.resource, key)


def _ready_made(caller: Caller, name: KeyName) -> Named:
    """Who is refused makes no key: the decision is about the key that would be made."""
    row = managed.to_be_made(name.account, name.region, name.alias)
    resource = Resource(
        row.arn,
        row.account,
        KEY_TYPE,
        policy=row.policy,
        policy_must_allow=True,
        conditions=Later(lambda: of_key(row, [name.alias])),
    )
    return Named(
        name, resource, None, lambda: load(name.region, managed.key_id(caller, name.alias))
    )


def _target(name: KeyName) -> str | None:
    found = Alias.objects.filter(account=name.account, region=name.region, name=name.alias)
    return found.values_list("key__key_id", flat=True).first()


def _resource(row: Key, arn: str) -> Resource:
    return Resource(
        arn,
        row.account,
        KEY_TYPE,
        policy=row.policy,
        policy_must_allow=True,
        tags=Later(lambda: dict(row.tags.values_list("name", "value"))),
        conditions=Later(lambda: of_key(row, list(row.aliases.values_list("name", flat=True)))),
        grant=partial(grants.allowing, row),
    )
