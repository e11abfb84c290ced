"""Work that may hang: done by a thread that is left behind if it takes too long.

A call into a vendor's library cannot be broken off, nor a resolver or a TLS handshake. Who
waits for them in a server's own thread has that thread no more.
"""

import os
import signal
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, TypeVar

T = TypeVar("T")
_Outcome = SimpleQueue[tuple[Any, BaseException | None]]


class Overdue(Exception):
    """The work has not ended in time. It goes on, and nobody hears of its end."""


def within(end: float, work: Callable[[], T]) -> T:
    """What `work` returns or raises; Overdue at `end` (monotonic), whatever it does then."""
    try:
        helper = _idle.pop()
    except IndexError:
        helper = _Helper()
    outcome: _Outcome = SimpleQueue()
    helper.tasks.put((work, outcome))
    try:
        found, error = outcome.get(timeout=max(0.0, end - monotonic()))
    except Empty:
        raise Overdue from None
    if error is not None:
        raise error
    return found  # type: ignore[no-any-return]


class _Helper:
    """A thread that does one thing after the other, as many as there were at once.

    It takes no signals: Python heeds them in the main thread alone, which would not wake.
    """

    def __init__(self) -> None:
        self.tasks: SimpleQueue[tuple[Callable[[], Any], _Outcome]] = SimpleQueue()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        try:
            threading.Thread(target=self._help, name="patience", daemon=True).start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _help(self) -> None:
        while True:
            self._do(*self.tasks.get())

    def _do(self, work: Callable[[], Any], outcome: _Outcome) -> None:
        """In a frame of its own, so that nothing stays in memory until the next."""
        found, failed = None, None
        try:
            found = work()
        except BaseException as error:
            failed = error
        _idle.append(self)
        outcome.put((found, failed))


_idle: list[_Helper] = []
# whose threads a fork leaves behind
os.register_at_fork(after_in_child=_idle.clear)
