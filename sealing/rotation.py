"""To another root key: every wrapping key is wrapped anew, and what it seals stays as it is.

Each step is a transaction, or none, and may be done again by whoever comes after one that
was killed:

1. `begin`: the old root key and the new one introduce each other, and the new one becomes
   the current one, under which new wrapping keys come.
2. `wrap_anew`, for each wrapping key that is `left`.
3. `finish`: none is left, each opens, and the old root key is no longer led to.

Nothing is asked of a token within a transaction, for others may wait for it.
"""

import hmac
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from crypto.envelope import KEY_BYTES
from crypto.errors import CannotOpen
from crypto.root_key import RootKey
from sealing import introductions, root, vault
from sealing.models import CurrentRootKey, Introduction, WrappingKey
from sealing.root import Opened


class Overtaken(Exception):
    """Somebody else did something to root keys or wrapping keys meanwhile."""


def left(new: RootKey) -> QuerySet[WrappingKey]:
    """The wrapping keys that are not under it yet."""
    return WrappingKey.objects.exclude(root_key_id=new.id).order_by("id")


def current_id() -> str:
    """The id of the current root key, "" before there is one."""
    rows = CurrentRootKey.objects.filter(pk=CurrentRootKey.THE_ROW)
    return rows.values_list("root_key_id", flat=True).first() or ""


def before(new: RootKey) -> tuple[str, str]:
    """Id and URI of the root key that `new` takes the place of: its own where it did so already."""
    current = current_id() or root.configured().key.id
    if current != new.id:
        return current, root.find(current).uri
    row = _back(current).order_by("id").first()
    return (row.root_key_id, row.uri) if row else (current, root.find(current).uri)


def is_finished(new: RootKey) -> bool:
    """Whether there is nothing to do."""
    is_current = current_id() == new.id
    return is_current and not left(new).exists() and not _back(new.id).exists()


def introductions_for(new: Opened) -> list[Introduction]:
    """What is to be told, not saved: of the new root key by each that a process may begin
    with, and by the new one of each that is needed until it is done.

    Raises RootKeyUnavailable, WrongRootKey.
    """
    needed = [root.find(each) for each in sorted(root.needed() - {new.key.id})]
    beginnings = {found.key.id: found for found in [*needed, root.configured()]}
    beginnings.pop(new.key.id, None)
    forth = [_introduction(by, new) for by in beginnings.values()]
    return forth + [_introduction(new, of) for of in needed]


def begin(new: RootKey, told: Iterable[Introduction], instead_of: str) -> None:
    """Make it the current root key instead of the one with the id, which may be itself.

    Within a transaction. Raises Overtaken.
    """
    row = _locked(instead_of)
    if instead_of != new.id:
        _back(instead_of).delete()  # of a rotation that was not finished; ours replace them
    for each in told:
        Introduction.objects.update_or_create(
            by=each.by,
            root_key_id=each.root_key_id,
            defaults={"uri": each.uri, "sealed_uri": each.sealed_uri},
        )
    row.root_key_id = new.id
    row.save()


def wrap_anew(row: WrappingKey, new: RootKey) -> None:
    """Put the wrapping key under `new`, having seen that it opens there.

    Raises CannotOpen, RootKeyUnavailable, WrongRootKey, Overtaken.
    """
    key = vault.unwrapped(row)
    sealed = vault.wrapped_by(new, row, key)
    moved = WrappingKey(account=row.account, region=row.region, number=row.number, sealed=sealed)
    if not hmac.compare_digest(vault.unwrapped_by(new, moved), key):
        raise CannotOpen(f"The new root key does not give back what it wrapped ({row}).")
    with transaction.atomic():
        _locked(new.id)
        unchanged = WrappingKey.objects.filter(pk=row.pk, root_key_id=row.root_key_id)
        unchanged.update(root_key_id=new.id, sealed=sealed)


def check_each_opens(new: RootKey) -> int:
    """Open every wrapping key that is stored under `new`; how many. Raises CannotOpen."""
    rows = list(WrappingKey.objects.filter(root_key_id=new.id).order_by("id"))
    for row in rows:
        if len(vault.unwrapped_by(new, row)) != KEY_BYTES:
            raise CannotOpen(f"{row} is no key.")
    return len(rows)


def finish(new: RootKey) -> None:
    """From now on the new root key leads to no other any more.

    Within a transaction. Raises Overtaken, also where a wrapping key is left.
    """
    _locked(new.id)
    if left(new).exists():
        raise Overtaken
    _back(new.id).delete()


def _locked(expected: str) -> CurrentRootKey:
    row = root.locked()
    if row.root_key_id != expected:
        raise Overtaken
    return row


def _back(current: str) -> QuerySet[Introduction]:
    """What the current root key tells: of those before it only, for it has no successor yet."""
    return Introduction.objects.filter(by=current)


def _introduction(by: Opened, of: Opened) -> Introduction:
    sealed = introductions.sealed(by.key, of.key.id, of.uri)
    return Introduction(by=by.key.id, root_key_id=of.key.id, uri=of.uri, sealed_uri=sealed)
