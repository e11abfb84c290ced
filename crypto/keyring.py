"""Opened keys, held in memory for a bounded time."""

from collections.abc import Callable
from threading import Lock, Timer
from time import monotonic
from typing import Any, Generic, TypeVar

K = TypeVar("K")


class Keyring(Generic[K]):
    """At most `most` opened keys, none for longer than `seconds`; safe between threads.

    A key that is not asked for again is dropped in time too, by a timer. A hit takes no
    lock. What is dropped is left to Python to free: it has no way to wipe it.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._lock = Lock()
        # all live equally long, so that the first that came is the first that goes
        self._held: dict[tuple[Any, ...], tuple[float, K]] = {}
        self._forgotten = 0
        self._sweeper: Timer | None = None

    def get(self, name: tuple[Any, ...], open_key: Callable[[], K]) -> K:
        """The key under `name`, opened by `open_key` where it is not held."""
        held = self._held.get(name)
        if held is not None and monotonic() < held[0]:
            return held[1]
        forgotten = self._forgotten
        key = open_key()
        with self._lock:
            # not after a `forget` that came in between: this may be the very key
            if forgotten == self._forgotten:
                self._hold(name, key)
        return key

    def forget(self, first: Any) -> None:
        """Drop every key whose name begins with `first`."""
        with self._lock:
            self._forgotten += 1
            self._held = {name: held for name, held in self._held.items() if name[0] != first}

    def _hold(self, name: tuple[Any, ...], key: K) -> None:
        self._held.pop(name, None)
        if len(self._held) >= self._most:
            del self._held[next(iter(self._held))]
        self._held[name] = (monotonic() + self._seconds, key)
        # a fork leaves the timer behind, not alive
        if self._sweeper is None or not self._sweeper.is_alive():
            self._sweep_later()

    def _sweep_later(self) -> None:
        until, _ = next(iter(self._held.values()))
        self._sweeper = Timer(max(0.0, until - monotonic()), self._sweep)
        self._sweeper.daemon = True
        self._sweeper.start()

    def _sweep(self) -> None:
        with self._lock:
            now = monotonic()
            self._held = {name: held for name, held in self._held.items() if now < held[0]}
            self._sweeper = None
            if self._held:
                self._sweep_later()
