"""Key material: made and opened by its provider, stored sealed."""

from collections.abc import Callable
from datetime import datetime
from functools import cache

from crypto import provider as providers
from crypto.errors import CannotOpen
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
        sealed=sealed(key, secret, material_id),
        created=time,
        **columns,
    )


def sealed(key: Key, secret: bytes, material_id: str) -> bytes:
    """`secret` as it is stored: it opens for this key and this id only."""
    return vault.seal(key.account, key.region, secret, key.arn, material_id)


def opened_by(key: Key, arn: str, row: Material) -> providers.Material:
    """A stored material as its provider wants it; opened only when it is used."""
    return providers.Material(arn, row.material_id, key.spec, _unsealing(key, arn, row))


def _unsealing(key: Key, arn: str, row: Material) -> Callable[[], bytes]:
    if row.sealed is None:
        return _gone
    account, region, sealed, name = key.account, key.region, bytes(row.sealed), row.material_id
    return lambda: vault.open_sealed(account, region, sealed, arn, name)


def _gone() -> bytes:
    raise CannotOpen("The imported material was deleted.")
