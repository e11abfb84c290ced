"""Credentials of proxies: made, and opened for checking who calls.

A secret is stored sealed, bound to its id and its proxy, and told once, when it is made.
"""

import base64
import os
from dataclasses import field
from datetime import datetime

from iam.principals import role_principal, user_principal
from keys.errors import LimitExceeded
from sealing import vault
from service.caller import Principal
from service.value import value
from xks_proxy.models import CREDENTIALS, Credential, Proxy

SECRET_BYTES = 32
GLOBAL = ""  # a credential is good in whatever region it is used


@value
class OpenedCredential:
    """A credential with all that a request signed with it is about."""

    access_key_id: str
    secret: str = field(repr=False)
    principal: Principal
    prefix: str
    region: str


def create(proxy: Proxy, time: datetime) -> tuple[Credential, str]:
    """A credential of `proxy`, whose row is locked, and its secret.

    Raises LimitExceeded.
    """
    taken = set(proxy.credentials.values_list("number", flat=True))
    free = [number for number in CREDENTIALS if number not in taken]
    if not free:
        raise LimitExceeded(f"A proxy has {len(CREDENTIALS)} credentials at most. Delete one.")
    made = Credential(proxy=proxy, number=free[0], created=time)
    # 43 characters, without the sign that pads them
    secret = base64.b64encode(os.urandom(SECRET_BYTES)).decode().rstrip("=")
    made.sealed_secret = vault.seal(proxy.account_id, GLOBAL, secret.encode(), *_bound(made))
    made.save(force_insert=True)
    return made, secret


def opened(key_id: str) -> OpenedCredential | None:
    """What `key_id` stands for; None if it is no credential of a proxy."""
    rows = Credential.objects.select_related("proxy__user", "proxy__role")
    found = rows.filter(id=key_id).first()
    if found is None:
        return None
    proxy, sealed = found.proxy, bytes(found.sealed_secret)
    secret = vault.open_sealed(proxy.account_id, GLOBAL, sealed, *_bound(found))
    return OpenedCredential(
        key_id, secret.decode(), principal_of(proxy), proxy.prefix, proxy.region
    )


def principal_of(proxy: Proxy) -> Principal:
    if proxy.user is not None:
        return user_principal(proxy.user)
    assert proxy.role is not None  # noqa: S101 - a constraint says so
    return role_principal(proxy.role)


def _bound(credential: Credential) -> tuple[str, ...]:
    return "kms-xks-proxy:credential", credential.proxy.prefix, credential.id
