"""Access keys: made, opened for checking a signature, and their last use noted.

The secret of an access key is stored sealed under its account's wrapping key, bound to
the access key's id, and never leaves this process except to its owner when it is made.
"""

import logging
import secrets
import string
import time
from dataclasses import field
from datetime import datetime

from django.db import DatabaseError

from audit.events import where
from iam.errors import NoSuchEntity
from iam.models import AccessKey, AccessKeyUse, Account, User, access_key_id
from iam.principals import root_principal, user_principal
from sealing import vault
from service.caller import Principal
from service.value import value

SECRET_CHARACTERS = string.ascii_letters + string.digits + "+/"
SECRET_LENGTH = 40
NOTE_EVERY = 60.0  # seconds between two notes of one key's use by one process
GLOBAL = ""  # an access key belongs to no region

logger = logging.getLogger("strongroom.iam")

_noted: dict[str, float] = {}


@value
class Credential:
    """An active access key, opened."""

    access_key_id: str
    principal: Principal
    secret: str = field(repr=False)


def create(
    account: Account, user: User | None, *, key_id: str = "", secret: str = ""
) -> Credential:
    """Make an access key for `user`, or for the account's root; with fresh values unless given."""
    key_id = key_id or access_key_id()
    secret = secret or new_secret()
    sealed = vault.seal(account.id, GLOBAL, secret.encode(), "iam:access-key", key_id)
    AccessKey.objects.create(id=key_id, account=account, user=user, sealed_secret=sealed)
    principal = user_principal(user) if user else root_principal(account.id)
    return Credential(key_id, principal, secret)


def new_secret() -> str:
    return "".join(secrets.choice(SECRET_CHARACTERS) for _ in range(SECRET_LENGTH))


def opened(key_id: str) -> Credential | None:
    """The credential behind `key_id`; None if there is none or it is inactive."""
    key = AccessKey.objects.select_related("user").filter(id=key_id, active=True).first()
    if key is None:
        return None
    secret = vault.open_sealed(
        key.account_id, GLOBAL, bytes(key.sealed_secret), "iam:access-key", key.id
    )
    principal = user_principal(key.user) if key.user else root_principal(key.account_id)
    return Credential(key.id, principal, secret.decode())


def is_active(key_id: str) -> bool:
    return AccessKey.objects.filter(id=key_id, active=True).exists()


def of_account(account: str, key_id: str) -> AccessKey | None:
    """The account's access key of that id, with its user."""
    keys = AccessKey.objects.select_related("user", "user__boundary")
    return keys.filter(account_id=account, id=key_id).first()


def of_user(user: User, key_id: str) -> AccessKey:
    """The user's access key of that id. Raises NoSuchEntity."""
    key = user.access_keys.filter(id=key_id).first()
    if key is None:
        raise no_such_key(key_id)
    return key


def no_such_key(key_id: str) -> NoSuchEntity:
    return NoSuchEntity(f"The Access Key with id {key_id} cannot be found.")


def note_use(key_id: str, at: datetime, region: str, service: str) -> None:
    """Remember the use of a key, to the minute: a note is one write, most calls make none.

    A call goes on without a note that could not be written: what it did is in the trail.
    """
    now = time.monotonic()
    if now - _noted.get(key_id, -NOTE_EVERY) < NOTE_EVERY:
        return
    _noted[key_id] = now
    try:
        AccessKeyUse.objects.update_or_create(
            access_key_id=key_id, defaults={"time": at, "region": region, "service": service}
        )
    except (DatabaseError, OSError) as error:  # locked, or the disk is full
        logger.warning("the use of an access key was not noted: %s", where(error))
