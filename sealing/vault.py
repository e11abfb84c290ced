"""Seals what accounts store, each account's in each region under a wrapping key of its own.

Sealed: version (1 byte, 0x01) ‖ number of the wrapping key (4, big-endian) ‖ an envelope
(`crypto.envelope`). Bound to it are the account, the region, and the fields that the
caller names the thing with: copied to another row it does not open.
"""

import logging
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from crypto import envelope
from crypto.envelope import KEY_BYTES, associated
from crypto.errors import CannotOpen, RootKeyUnavailable, WrongRootKey
from crypto.keyring import Keyring
from crypto.root_key import RootKey
from sealing import root
from sealing.models import WrappingKey
from service.errors import Unavailable

_VERSION = 1
_FIRST = 1
_HEADER = struct.Struct(">BI")
MOST_KEYS = 1_000
SECONDS = 300.0

logger = logging.getLogger("strongroom.sealing")

# Named by the whole row, as it was read for this very call: a row that was rolled back,
# replaced or copied from another account never finds a key that it does not hold itself.
_opened: Keyring[bytes] = Keyring(MOST_KEYS, SECONDS)


def seal(account: str, region: str, plaintext: bytes, *fields: str) -> bytes:
    """`plaintext` sealed for the account and region ("" for none), bound to `fields`.

    In a transaction, the wrapping key it may make commits or vanishes with what it sealed.
    Raises Unavailable where a root key cannot be used, WrongRootKey.
    """
    with _telling():
        row = _latest(account, region) or _first(account, region)
        key = _key(row)
    header = _HEADER.pack(_VERSION, row.number)
    return header + envelope.seal(key, plaintext, associated(header, account, region, *fields))


def open_sealed(account: str, region: str, sealed: bytes, *fields: str) -> bytes:
    """What `seal` was given with the same account, region and fields.

    Raises CannotOpen otherwise; Unavailable where a root key cannot be used, WrongRootKey.
    """
    header, body = sealed[: _HEADER.size], sealed[_HEADER.size :]
    row = _numbered(account, region, header)
    with _telling():
        key = _key(row)
    return envelope.open_sealed(key, body, associated(header, account, region, *fields))


def unwrapped(row: WrappingKey) -> bytes:
    """The wrapping key itself. Raises CannotOpen, RootKeyUnavailable, WrongRootKey."""
    return unwrapped_by(root.find(row.root_key_id).key, row)


def unwrapped_by(root_key: RootKey, row: WrappingKey) -> bytes:
    """The wrapping key, which is under `root_key`. Raises CannotOpen, RootKeyUnavailable."""
    return root_key.unwrap(bytes(row.sealed), _bound(row.account, row.region, row.number))


def wrapped_by(root_key: RootKey, row: WrappingKey, key: bytes) -> bytes:
    """`key`, which is the row's wrapping key, as the row stores it under `root_key`."""
    return root_key.wrap(key, _bound(row.account, row.region, row.number))


def _latest(account: str, region: str) -> WrappingKey | None:
    return WrappingKey.objects.filter(account=account, region=region).order_by("-number").first()


@transaction.atomic
def _first(account: str, region: str) -> WrappingKey:
    """The first key, made here or by whoever was faster, under the current root key."""
    root_key = root.current()
    row = WrappingKey(account=account, region=region, number=_FIRST, root_key_id=root_key.id)
    row, _ = WrappingKey.objects.get_or_create(
        account=account,
        region=region,
        number=_FIRST,
        defaults={
            "root_key_id": root_key.id,
            "sealed": wrapped_by(root_key, row, os.urandom(KEY_BYTES)),
        },
    )
    return row


def _numbered(account: str, region: str, header: bytes) -> WrappingKey:
    """The row that a header names. Raises CannotOpen."""
    if len(header) != _HEADER.size or header[0] != _VERSION:
        raise CannotOpen("It is not in a form that this version seals in.")
    _, number = _HEADER.unpack(header)
    row = WrappingKey.objects.filter(account=account, region=region, number=number).first()
    if row is None:
        raise CannotOpen(f"Wrapping key {number} of {account!r} in {region!r} is not stored.")
    return row


def _key(row: WrappingKey) -> bytes:
    try:
        return _held(row)
    except (WrongRootKey, RootKeyUnavailable):
        # a rotation may have taken it from under a root key that is gone now
        moved = WrappingKey.objects.filter(pk=row.pk).exclude(root_key_id=row.root_key_id).first()
        if moved is None:
            raise
        return _held(moved)


def _held(row: WrappingKey) -> bytes:
    name = (row.account, row.region, row.number, row.root_key_id, bytes(row.sealed))
    return _opened.get(name, lambda: unwrapped(row))


@contextmanager
def _telling() -> Iterator[None]:
    """What the root key cannot do at the moment, callers are told to try again."""
    try:
        yield
    except RootKeyUnavailable as error:
        logger.error("a root key cannot be used: %s", error)
        raise Unavailable from None


def _bound(account: str, region: str, number: int) -> bytes:
    return associated("wrapping key", account, region, str(number))
