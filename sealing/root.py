"""The root keys of this process: the one that the settings name, and those it leads to.

The settings say where a process begins. Which root key new wrapping keys come under, the
database says (`CurrentRootKey`): `manage.py rotate_root_key` changes that while servers
run, and they follow by what root keys tell of each other (`sealing.introductions`).
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from crypto import root_key_uri
from crypto.errors import RootKeyMissing, RootKeyUnavailable, WrongRootKey
from crypto.root_key import RootKey
from crypto.root_key_uri import InFile, InToken
from sealing import introductions
from sealing.models import CurrentRootKey, Introduction, WrappingKey


class Opened(NamedTuple):
    """A root key that this process can use, and where it found it."""

    key: RootKey
    uri: str


def place(uri: str) -> InFile | InToken:
    """Where `uri` says a root key is. Raises InvalidRootKeyUri."""
    return root_key_uri.parse(uri, lambda: str(settings.STRONGROOM_ROOT_KEY_PIN))


def uri_of_file(path: str | Path) -> str:
    """The URI of a root key's file; a relative path is one from the working directory."""
    return Path(path).absolute().as_uri()


def configured() -> Opened:
    """The one that the settings name, opened on first use and kept. Raises RootKeyUnavailable."""
    return next(iter(_known(settings.STRONGROOM_ROOT_KEY_URI).values()))


def find(root_key_id: str) -> Opened:
    """The root key with the id: the settings', or one that a known one leads to.

    Raises WrongRootKey if none does, RootKeyUnavailable.
    """
    known = _known(settings.STRONGROOM_ROOT_KEY_URI)
    if root_key_id not in known:
        way = introductions.path(list(known), root_key_id)  # others may add to it
        if not way:
            raise WrongRootKey(_unknown(root_key_id))
        for row in way:
            known[row.root_key_id] = _introduced(known[row.by].key, row)
    return known[root_key_id]


def locked() -> CurrentRootKey:
    """The row that names the current root key, nobody else's until the transaction ends.

    Raises what `verify` raises where the database does not say it yet.
    """
    rows = CurrentRootKey.objects.select_for_update()
    row = rows.filter(pk=CurrentRootKey.THE_ROW).first()
    if row is None:
        first = {"root_key_id": _first_id()}
        row, _ = rows.get_or_create(pk=CurrentRootKey.THE_ROW, defaults=first)
    return row


def current() -> RootKey:
    """The root key for a new wrapping key. No other takes its place before the caller's
    transaction ends. Raises as `find` and `verify` do."""
    return find(locked().root_key_id).key


def create() -> RootKey:
    """The root key that the settings name, made at first start.

    Raises RootKeyMissing if it is gone though things are sealed under it: a new one would
    open none of them. Otherwise raises as `verify` and `InFile.create` do.
    """
    verify()
    if not needed():
        place(settings.STRONGROOM_ROOT_KEY_URI).create()
    with transaction.atomic():
        locked()
    return configured().key


def verify() -> None:
    """Raise WrongRootKey or RootKeyUnavailable unless each root key that the database needs
    can be used. Where nothing is sealed yet, none is needed."""
    for root_key_id in sorted(needed()):
        try:
            find(root_key_id).key.check()
        except RootKeyMissing as error:
            raise RootKeyMissing(f"{error}{_moved(root_key_id)}") from None


def needed() -> set[str]:
    """The ids of the root keys that wrapping keys are under, and of the one for new ones."""
    under = WrappingKey.objects.values_list("root_key_id", flat=True).distinct()
    return {*under, *CurrentRootKey.objects.values_list("root_key_id", flat=True)}


def _first_id() -> str:
    """Of the root key that is the current one where none was named so far."""
    verify()
    return configured().key.id


@cache
def _known(uri: str) -> dict[str, Opened]:
    """By id, what a process knows that began with `uri`, which is the first."""
    key = place(uri).open()
    return {key.id: Opened(key, uri)}


def _introduced(by: RootKey, row: Introduction) -> Opened:
    uri = introductions.told(by, row)
    key = place(uri).open()
    if key.id != row.root_key_id:
        raise RootKeyUnavailable(
            f"{uri} holds the root key {key.id}, but {row.root_key_id} was there when it "
            "became the root key. Put that one back, on this machine too."
        )
    return Opened(key, uri)


def _unknown(root_key_id: str) -> str:
    begun = configured()
    return (
        f"{begun.uri} holds the root key {begun.key.id}, but the database is sealed under "
        f"{root_key_id}.{_moved(root_key_id)} Put the root key with that id back: of a file, the "
        "id is the second word. To move to another root key, use `manage.py rotate_root_key`."
    )


def _moved(root_key_id: str) -> str:
    uri = introductions.uri_of(root_key_id)
    if not uri or uri == settings.STRONGROOM_ROOT_KEY_URI:
        return ""
    return (
        f" The database was moved to the root key {root_key_id}: if {uri} is familiar, set "
        "STRONGROOM_ROOT_KEY_URI to it."
    )
