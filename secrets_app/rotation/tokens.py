"""RotationTokens: an attempt at a rotation gives one to its function, which hands it back."""

import hashlib
import hmac
import secrets

from secrets_app.errors import InvalidParameter
from secrets_app.models import Secret
from secrets_app.rotation.models import Rotation

BYTES = 32


def new() -> str:
    return secrets.token_hex(BYTES)


def digest(token: str) -> str:
    """What is stored of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def require(row: Secret, token: str | None) -> None:
    """Raise InvalidParameter if a token is given and is not that of a rotation that goes on."""
    if token is None:
        return
    found = Rotation.objects.filter(secret=row, finished__isnull=True).first()
    if found is None or not hmac.compare_digest(found.token, digest(token)):
        raise InvalidParameter("The RotationToken is not that of a rotation in progress.")
