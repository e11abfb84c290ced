"""Group commit: records of calls that run at the same time share one transaction and its fsync.

A thread that has a record queues it. If nobody leads, it leads: it opens a transaction,
takes what is queued by then, and commits that for everyone. The others sleep until their
record is durable or has failed. A leader leads once, then the first in the queue does.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence

Commit = Callable[[Callable[[], Sequence[bytes]]], None]


class GroupFailed(Exception):
    """The record's group was not committed; its leader raised why."""


class _Entry:
    """A thread's records in the queue. `wakened` is held until it has something to do."""

    __slots__ = ("bodies", "durable", "settled", "wakened")

    def __init__(self, bodies: Sequence[bytes]) -> None:
        self.bodies = bodies
        self.settled = self.durable = False
        self.wakened = threading.Lock()
        self.wakened.acquire()

    def settle(self, *, durable: bool) -> None:
        self.settled, self.durable = True, durable
        self.wakened.release()


class Group:
    """The queue of a process. `commit` is given what takes the group's bodies, in order.

    It calls that once, as late as it can, and returns when they are durable.
    """

    def __init__(self, commit: Commit, most: int) -> None:
        """`most`: how many records a group may have."""
        self._commit = commit
        self._most = most
        self._gate = threading.Lock()
        self._queue: deque[_Entry] = deque()
        self._is_led = False

    def join(self, *bodies: bytes) -> None:
        """Return when `bodies`, at most `most`, are durable, which they are all or none.

        Raises what `commit` raised, or GroupFailed.
        """
        entry = _Entry(bodies)
        with self._gate:
            self._queue.append(entry)
            leads, self._is_led = not self._is_led, True
        if not leads:
            entry.wakened.acquire()
        if not entry.settled:
            self._lead()
        if not entry.durable:
            raise GroupFailed

    def _lead(self) -> None:
        """Commit the group at the front of the queue: the leader's own record is its first."""
        group: list[_Entry] = []
        durable = False

        def take() -> Sequence[bytes]:
            group.extend(self._next_group())
            return [body for entry in group for body in entry.bodies]

        try:
            self._commit(take)
            durable = True
        finally:
            for entry in group or self._next_group():
                entry.settle(durable=durable)
            self._pass_on()

    def _next_group(self) -> list[_Entry]:
        group, room = list[_Entry](), self._most
        with self._gate:
            while self._queue and (not group or len(self._queue[0].bodies) <= room):
                group.append(self._queue.popleft())
                room -= len(group[-1].bodies)
        return group

    def _pass_on(self) -> None:
        with self._gate:
            if self._queue:
                self._queue[0].wakened.release()
            else:
                self._is_led = False
