"""Seals what accounts store, each account's in each region under a wrapping key of its own.

Sealed: version (1 byte, 0x01) ‖ number of the wrapping key (4, big-endian) ‖ an envelope
(`crypto.envelope`). Bound to it are the account, the region, and the fields that the
caller names the thing with: copied to another row it does not open.
"""

import os
import struct

from crypto import envelope
from crypto.envelope import KEY_BYTES, associated
from crypto.errors import CannotOpen, WrongRootKey
from crypto.keyring import Keyring
from sealing import root
from sealing.models import WrappingKey

_VERSION = 1
_FIRST = 1
_HEADER = struct.Struct(">BI")
MOST_KEYS = 1_000
SECONDS = 300.0

# Named by the whole row, as it was read for this very call: a row that was rolled back,
# replaced or copied from another account never finds a key that it does not hold itself.
_opened: Keyring[bytes] = Keyring(MOST_KEYS, SECONDS)


def seal(account: str, region: str, plaintext: bytes, *fields: str) -> bytes:
    """`plaintext` sealed for the account and region ("" for none), bound to `fields`.

    In a transaction, the wrapping key it may make commits or vanishes with what it sealed.
    Raises RootKeyUnavailable, WrongRootKey.
    """
    row = _latest(account, region) or _first(account, region)
    header = _HEADER.pack(_VERSION, row.number)
    bound = associated(header, account, region, *fields)
    return header + envelope.seal(_key(row), plaintext, bound)


def open_sealed(account: str, region: str, sealed: bytes, *fields: str) -> bytes:
    """What `seal` was given with the same account, region and fields.

    Raises CannotOpen otherwise; RootKeyUnavailable, WrongRootKey.
    """
    header, body = sealed[: _HEADER.size], sealed[_HEADER.size :]
    row = _numbered(account, region, header)
    return envelope.open_sealed(_key(row), body, associated(header, account, region, *fields))


def _latest(account: str, region: str) -> WrappingKey | None:
    return WrappingKey.objects.filter(account=account, region=region).order_by("-number").first()


def _first(account: str, region: str) -> WrappingKey:
    """The first key, made here or by whoever was faster."""
    root.verify()
    row, _ = WrappingKey.objects.get_or_create(
        account=account, region=region, number=_FIRST, defaults=_new(account, region, _FIRST)
    )
    return row


def _new(account: str, region: str, number: int) -> dict[str, str | bytes]:
    root_key = root.root_key()
    wrapped = root_key.wrap(os.urandom(KEY_BYTES), _bound(account, region, number))
    return {"root_key_id": root_key.id, "sealed": wrapped}


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
    name = (row.account, row.region, row.number, row.root_key_id, bytes(row.sealed))
    return _opened.get(name, lambda: _unwrapped(row))


def _unwrapped(row: WrappingKey) -> bytes:
    root_key = root.root_key()
    if row.root_key_id != root_key.id:
        raise WrongRootKey(f"{row} is under root key {row.root_key_id}, not {root_key.id}.")
    return root_key.unwrap(bytes(row.sealed), _bound(row.account, row.region, row.number))


def _bound(account: str, region: str, number: int) -> bytes:
    return associated("wrapping key", account, region, str(number))
