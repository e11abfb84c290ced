"""What `manage.py rotate_root_key` does: the steps of `sealing.rotation`, with their records."""

import os
import pwd
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from audit import trail
from audit.events import Event
from crypto.errors import RootKeyMissing
from kms_project.alone import MAKING, ROTATING, alone
from sealing import root, rotation, vault
from sealing.models import WrappingKey
from sealing.root import Opened
from service.caller import Caller, Principal, PrincipalKind
from service.ids import uuid4
from service.regions import default_region
from service.snapshot import Snapshot
from service.value import value

BEGUN, FINISHED = "kms:BeginRootKeyRotation", "kms:FinishRootKeyRotation"
_COMMAND = "manage.py rotate_root_key"

Progress = Callable[[int, int], None]  # how many wrapping keys are done, and of how many


@value
class Rotation:
    """From the root key that was the current one to the new one, which may be the same.

    before  id and URI
    moved   how many wrapping keys this run wrapped anew
    opened  how many there are, and open under the new root key
    """

    before: tuple[str, str]
    new: Opened
    moved: int
    opened: int


@value
class Outlook:
    """What a rotation would find.

    before  id and URI of the current root key
    new_id  "" where it would make the new root key
    left    how many wrapping keys it would wrap anew
    """

    before: tuple[str, str]
    new_id: str
    left: int


def look(uri: str) -> Outlook:
    """Open all that a rotation would have to open; change nothing.

    Raises RootKeyUnavailable, CannotOpen.
    """
    root.verify()
    try:
        new_id = root.place(uri).open().id
    except RootKeyMissing:
        new_id = ""
    rows = WrappingKey.objects.order_by("id")
    for row in rows:
        vault.unwrapped(row)
    current = root.find(rotation.current_id() or root.configured().key.id)
    left = sum(row.root_key_id != new_id for row in rows)
    return Outlook((current.key.id, current.uri), new_id, left)


def make(uri: str) -> Opened:
    """The root key at `uri`, made if there is none. Raises RootKeyUnavailable, CannotOpen."""
    root.verify()
    with alone(MAKING):
        return Opened(root.place(uri).create(), uri)


def run(uri: str, progress: Progress) -> Rotation:
    """Move everything to the root key at `uri`.

    Others that run at the same time wait. Raises RootKeyUnavailable, CannotOpen,
    rotation.Overtaken, service.errors.Unavailable.
    """
    with alone(ROTATING):
        new = make(uri)
        before = rotation.before(new.key)
        if rotation.is_finished(new.key):
            return Rotation(before, new, 0, rotation.check_each_opens(new.key))
        _begin(before, new)
        moved = _wrap_anew(new, progress)
        opened = rotation.check_each_opens(new.key)
        with trail.transaction() as record:
            rotation.finish(new.key)
            record(_event(FINISHED, before, new, wrappingKeys=opened))
        return Rotation(before, new, moved, opened)


def _begin(before: tuple[str, str], new: Opened) -> None:
    with transaction.atomic():
        instead_of = root.locked().root_key_id
    told = rotation.introductions_for(new)
    if instead_of == new.key.id:  # one was killed, and has recorded its beginning
        with transaction.atomic():
            rotation.begin(new.key, told, instead_of)
        return
    with trail.transaction() as record:
        rotation.begin(new.key, told, instead_of)
        record(_event(BEGUN, before, new))


def _wrap_anew(new: Opened, progress: Progress) -> int:
    rows = list(rotation.left(new.key))
    for done, row in enumerate(rows, start=1):
        rotation.wrap_anew(row, new.key)
        progress(done, len(rows))
    return len(rows)


def _event(name: str, before: tuple[str, str], new: Opened, **answered: int) -> Event:
    """Who may run the command holds the database anyway: the operating system knows the user."""
    made = Event(_caller(), name, read_only=False)
    made.request_parameters = {
        "rootKeyId": new.key.id,
        "rootKeyUri": new.uri,
        "previousRootKeyId": before[0],
        "operatingSystemUser": _user(),
        "host": socket.gethostname(),
    }
    response: dict[str, Any] | None = answered or None
    made.response_elements = response
    return made


def _caller() -> Caller:
    account = settings.STRONGROOM_ACCOUNT_ID
    return Caller(
        principal=Principal(PrincipalKind.SERVICE, account, arn="", id=""),
        region=default_region(),
        snapshot=Snapshot(-1),
        time=datetime.now(UTC),
        request_id=uuid4(),
        user_agent=_COMMAND,
        door="command",
        via=_COMMAND,
    )


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
