"""Random ids: of requests, events and keys."""

import os
import threading
from collections.abc import Iterator

_SIZE = 16  # bytes of an id
_DRAWN_AT_ONCE = 256
_VARIANTS = "89ab"


class _Source(threading.local):
    """One thread's randomness, drawn for many ids at once. None of it is secret."""

    def __init__(self) -> None:
        self.redraw()

    def redraw(self) -> None:
        """A child must not make the ids that its parent will."""
        self.digits = _drawn()


def uuid4() -> str:
    """A version 4 UUID as text. Every call needs two, and `uuid.UUID` takes five times as long."""
    digits = next(_source.digits)
    variant = _VARIANTS[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def _drawn() -> Iterator[str]:
    while True:
        digits = os.urandom(_SIZE * _DRAWN_AT_ONCE).hex()
        for start in range(0, len(digits), 2 * _SIZE):
            yield digits[start : start + 2 * _SIZE]


_source = _Source()
os.register_at_fork(after_in_child=_source.redraw)
