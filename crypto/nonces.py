"""Salts and nonces: random bytes that are no secret. Keys are drawn by themselves.

They are drawn for some hundred messages at once: each draw lets go of the interpreter, which
costs a server of many threads more than the bytes do.
"""

import os
import threading

_DRAWN_AT_ONCE = 4096  # bytes


class _Source(threading.local):
    """What one thread has drawn and not given yet."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """A child must not give what its parent will."""
        self.drawn, self.given = b"", 0


def nonce(count: int) -> bytes:
    """`count` bytes, of few, that nobody has had before."""
    start = _source.given
    end = start + count
    if end > len(_source.drawn):
        _source.drawn, start, end = os.urandom(_DRAWN_AT_ONCE), 0, count
    _source.given = end
    return _source.drawn[start:end]


_source = _Source()
os.register_at_fork(after_in_child=_source.forget)
