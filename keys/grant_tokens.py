"""Grant tokens: a grant, sealed, so that nobody can make one or read anything out of it.

A token is base64url of what `sealing.vault` makes of the grant's row (8 bytes, big-endian)
and its id (32 bytes), for the region and no account. AES-GCM draws a nonce for each, so no
two tokens of a grant are the same, and it compares its tags in constant time. A token holds
for as long as its grant does.
"""

import base64
import binascii
import struct
from collections.abc import Iterable

from crypto.errors import CannotOpen
from keys import grants
from keys.errors import InvalidGrantToken
from keys.grants import LoadedGrant
from keys.models import Grant
from sealing import vault
from service.caller import Caller

_PURPOSE = "kms:grant-token"
_NO_ACCOUNT = ""
_NAMED = struct.Struct(">q32s")
MOST_LETTERS = 256  # ours are shorter; AWS takes up to 8,192


def made(grant: Grant, region: str) -> str:
    """A new token for the grant."""
    named = _NAMED.pack(grant.pk, bytes.fromhex(grant.grant_id))
    return base64.urlsafe_b64encode(vault.seal(_NO_ACCOUNT, region, named, _PURPOSE)).decode()


def opened(token: str, region: str) -> Grant:
    """The token's grant, as it is stored now, with its key. Raises InvalidGrantToken."""
    row, grant_id = _read(token, region)
    found = Grant.objects.select_related("key").filter(pk=row, grant_id=grant_id).first()
    if found is None:
        raise InvalidGrantToken
    return found


def presented(caller: Caller, tokens: Iterable[str]) -> tuple[LoadedGrant, ...]:
    """The grants of the tokens that a request brings. Raises InvalidGrantToken.

    A token that is not known yet is looked up, however much of the database this process
    remembers: where there are several machines, its grant may be younger than that.
    """
    return tuple(_remembered(caller, token) for token in tokens)


def _remembered(caller: Caller, token: str) -> LoadedGrant:
    return caller.snapshot.get(
        ("grant-token", caller.region, token), lambda: grants.loaded(opened(token, caller.region))
    )


def _read(token: str, region: str) -> tuple[int, str]:
    if len(token) > MOST_LETTERS:
        raise InvalidGrantToken
    try:
        sealed = base64.b64decode(token, altchars=b"-_", validate=True)
        row, grant_id = _NAMED.unpack(vault.open_sealed(_NO_ACCOUNT, region, sealed, _PURPOSE))
    except (binascii.Error, ValueError, CannotOpen):
        raise InvalidGrantToken from None
    return row, grant_id.hex()
