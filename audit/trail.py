"""Into the trail: a record is durable before its call is answered, or the call fails.

`record` is for calls that change nothing and for failures; records of calls that run at
the same time share a commit. A change is made within `transaction`, and commits together
with its record.

Calls may nest (one service calls another on the caller's behalf). A nested call's record
commits with the call that it is a part of: a call that decrypts ten values waits for one
commit, not for eleven, and nothing of them is told before it. Within a change it commits
with the change. If that is rolled back, the records of nested changes go with it, for they
did not happen; those of nested reads and failures stay. Within a transaction that was not
opened here, a record lives and dies with that transaction.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import NamedTuple

from django.db.transaction import atomic

from audit import checkpoints
from audit.chain import MOST_ROWS, Chain, GuestChain
from audit.events import Event, where
from audit.groups import Group, GroupFailed
from service.database import connection
from service.errors import Unavailable

MOST_WAITING = 32  # records of nested calls; with their call's own they fit into one statement

logger = logging.getLogger("strongroom.audit")


class _Held(NamedTuple):
    """A record that waits for the end of the transaction that is open in its thread."""

    body: bytes
    changed_something: bool


class _Here(threading.local):
    """What belongs to one thread."""

    def __init__(self) -> None:
        self.held: list[_Held] | None = None
        self.waiting: list[bytes] = []
        self.depth = 0
        self.guest = GuestChain()


class _Process:
    """What the threads of one process share."""

    def __init__(self) -> None:
        self.group = Group(_commit_group, MOST_ROWS)
        self._lock = threading.Lock()
        self._chain: Chain | None = None

    def chain(self) -> Chain:
        """The chain to write now. Outside of transactions only: it may have to be begun."""
        with self._lock:
            if self._chain is not None and self._chain.is_idle():
                self._chain.leave()
            if self._chain is None or self._chain.given_up:
                self._chain = Chain()
            return self._chain

    def leave(self) -> None:
        if self._chain is not None:
            self._chain.give_up()


class _Nesting:
    """Around every call. What is recorded within an inner one may wait for the outer one."""

    __slots__ = ()

    def __enter__(self) -> None:
        _here.depth += 1

    def __exit__(self, *_: object) -> None:
        _here.depth -= 1
        if not _here.depth:
            _here.waiting.clear()  # left by a call that ended without an answer


nesting = _Nesting()


def record(event: Event) -> None:
    """Make `event` durable; within `transaction`, as soon as that commits. Raises Unavailable.

    That of a nested call is durable when its outer call's is.
    """
    with _FailingClosed():
        body = event.body()
        if _here.held is not None:
            _here.held.append(_Held(body, event.changed_something))
        elif _here.depth > 1 and len(_here.waiting) < MOST_WAITING:
            _here.waiting.append(body)
        else:
            _write(*_waited(), body)


@contextmanager
def transaction() -> Iterator[Callable[[Event], None]]:
    """A database transaction for a change, which must call what it is given with its event.

    Raises Unavailable, the change rolled back, if change and record cannot be committed.
    """
    outer, held = _here.held, list[_Held]()
    _here.held = held
    try:
        with _committed_with(held) if outer is None else atomic():
            yield record
            if not held:
                raise RuntimeError("a change was about to commit without a record")
    except Exception:
        _here.held = outer
        _keep(held)
        raise
    finally:
        _here.held = outer
    if outer is not None:
        outer.extend(held)


def forget() -> None:
    """Leave this process's chain: the next record begins another."""
    global _process, _here
    _process.leave()
    _process, _here = _Process(), _Here()


@contextmanager
def _committed_with(held: Sequence[_Held]) -> Iterator[None]:
    """The outermost transaction; what is held when it ends well commits with it."""
    with _FailingClosed():
        chain = _here.guest if connection().in_atomic_block else _process.chain()
    with ExitStack() as turn, atomic():
        yield
        turn.enter_context(_FailingClosed())
        append = turn.enter_context(chain.turn())
        append([*_here.waiting, *(each.body for each in held)])
    _here.waiting.clear()
    checkpoints.make_if_due()


def _keep(held: Sequence[_Held]) -> None:
    """Record, of a transaction that was rolled back, what is true all the same."""
    for each in held:
        if each.changed_something:
            continue
        if _here.held is not None:
            _here.held.append(each)
        else:
            with _FailingClosed():
                _write(each.body)


def _waited() -> list[bytes]:
    waited, _here.waiting = _here.waiting, []
    return waited


def _write(*bodies: bytes) -> None:
    if connection().in_atomic_block:
        with _here.guest.turn() as append:
            append(bodies)
    else:
        _process.group.join(*bodies)
        checkpoints.make_if_due()


def _commit_group(take: Callable[[], Sequence[bytes]]) -> None:
    chain = _process.chain()
    with ExitStack() as turn, _one_statement():
        append = turn.enter_context(chain.turn())
        append(take())


def _one_statement() -> AbstractContextManager[None]:
    """A group is one INSERT, which is a transaction by itself. SQLite's backend wants to know."""
    found: AbstractContextManager[None] = getattr(connection(), "one_statement", nullcontext)()
    return found


class _FailingClosed:
    """Whatever goes wrong in here, nothing was recorded: Unavailable. Every call passes it."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, Exception):
            return
        if not isinstance(error, GroupFailed):  # its leader has said why
            logger.error("could not record: %s", where(error))
        raise Unavailable from None


_process, _here = _Process(), _Here()
os.register_at_fork(after_in_child=forget)
