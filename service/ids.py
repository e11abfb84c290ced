"""Random ids: of requests, events and keys."""

import os

_VARIANTS = "89ab"


def uuid4() -> str:
    """A version 4 UUID as text. Every call needs two, and `uuid.UUID` takes five times as long."""
    digits = os.urandom(16).hex()
    variant = _VARIANTS[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
