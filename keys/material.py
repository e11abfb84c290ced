"""Key material: made and opened by its provider, stored sealed."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from crypto import provider as providers
from crypto.provider import Provider
from crypto.software import SoftwareProvider
from keys.models import Key, Material
from keys.stores import kinds
from sealing import vault


@cache
def software() -> Provider:
    """The provider of keys whose Origin is AWS_KMS or EXTERNAL."""
    return SoftwareProvider()


def provider_of(key: Key) -> Provider:
    """Whatever holds the key's material. Reads `key.store`, if it has one."""
    return software() if key.store is None else kinds.of(key.store).provider(key.store)


def create(key: Key, time: datetime, secret: bytes | None = None) -> Material:
    """Give `key` its first material, which it is to use from now on: `secret`, or a fresh one."""
    if secret is None:
        secret = provider_of(key).generate(key.spec)
    return store(key, secret, time, since=time)


def store(key: Key, secret: bytes, time: datetime, **columns: object) -> Material:
    """A row for `secret` as material of `key`, sealed."""
    material_id = providers.material_id(key.key_id, secret)
    return Material.objects.create(
        key=key,
        material_id=material_id,
        created=time,
        **_contents(key, secret, material_id),
        **columns,
    )


def fill(row: Material, secret: bytes, **columns: object) -> None:
    """Put `secret`, which is what the row stands for, into the row again."""
    for name, value in {**_contents(row.key, secret, row.material_id), **columns}.items():
        setattr(row, name, value)
    row.save()


def copy(row: Material, key: Key) -> Material:
    """The row's material as one of `key`, a multi-Region relative: sealed for that one."""
    secret = opened_by(row.key, row.key.arn, row).unseal()
    contents = _contents(key, secret, row.material_id)
    return placeholder(row, key, **contents)


def placeholder(row: Material, key: Key, **contents: object) -> Material:
    """A row of `key` that stands for the same material, which it has yet to be given."""
    return Material.objects.create(
        key=key,
        material_id=row.material_id,
        created=row.created,
        since=row.since,
        rotation=row.rotation,
        description=row.description,
        **contents,
    )


def _contents(key: Key, secret: bytes, material_id: str) -> dict[str, Any]:
    """The columns that hold `secret`."""
    public = provider_of(key).public_key(key.spec, secret)
    return {"sealed": sealed(key, secret, material_id), "public": public}


def sealed(key: Key, secret: bytes, material_id: str) -> bytes:
    """`secret` as it is stored: it opens for this key and this id only."""
    return vault.seal(key.account, key.region, secret, key.arn, material_id)


def opened_by(key: Key, arn: str, row: Material) -> providers.Material:
    """A stored material as its provider wants it; opened only when it is used."""
    public = None if row.public is None else bytes(row.public)
    return providers.Material(arn, row.material_id, key.spec, _unsealing(key, arn, row), public)


def _unsealing(key: Key, arn: str, row: Material) -> Callable[[], bytes]:
    account, region, name = key.account, key.region, row.material_id
    sealed = bytes(row.sealed or b"")  # nothing of imported material that is gone: it does not open
    return lambda: vault.open_sealed(account, region, sealed, arn, name)
