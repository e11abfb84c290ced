"""Key material: made and opened by its provider, stored sealed."""

from collections.abc import Callable
from datetime import datetime
from functools import cache

from crypto import provider as providers
from crypto.provider import Cipher, Provider
from crypto.software import SoftwareProvider
from keys.models import Key, Material
from sealing import vault


@cache
def provider() -> Provider:
    """The provider of keys whose Origin is AWS_KMS."""
    return SoftwareProvider()


def create(key: Key, time: datetime) -> str:
    """Give `key` a fresh material, which it is to use from now on; return its id."""
    secret = provider().generate(key.spec)
    material_id = providers.material_id(key.key_id, secret)
    sealed = vault.seal(key.account, key.region, secret, key.arn, material_id)
    Material.objects.create(key=key, material_id=material_id, sealed=sealed, created=time)
    return material_id


def opened_by(key: Key, arn: str, row: Material) -> providers.Material:
    """A stored material as its provider wants it; opened only when it is used."""
    return providers.Material(arn, row.material_id, key.spec, _unsealing(key, arn, row))


def cipher(material: providers.Material) -> Cipher:
    return provider().encrypting(material)


def _unsealing(key: Key, arn: str, row: Material) -> Callable[[], bytes]:
    account, region, sealed, name = key.account, key.region, bytes(row.sealed), row.material_id
    return lambda: vault.open_sealed(account, region, sealed, arn, name)
