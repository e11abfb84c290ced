"""What the operator's commands share: a process's end, and that it does not outlive its parent."""

import ctypes
import os
import signal
import threading
from types import FrameType

_PR_SET_PDEATHSIG = 1
_ENDING = {signal.SIGTERM}
_ENDINGS = (signal.SIGTERM, signal.SIGINT)


def end_with_parent(parent: int) -> None:
    """Have the kernel end this process (SIGTERM) as soon as `parent`, which started it, is gone."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it was gone before the kernel was asked
        os.kill(os.getpid(), signal.SIGTERM)


def let_children_end() -> None:
    """From now on, SIGTERM ends those who are forked from this process and have no handler yet.

    They would start with ours, which means nothing to them: a signal that came before they
    set their own would be lost.
    """
    masks: list[set[int | signal.Signals]] = []
    os.register_at_fork(
        before=lambda: masks.append(signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_SETMASK, masks.pop()),
        after_in_child=_take_the_default,
    )


def _take_the_default() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


def heed_signals(within: int) -> None:
    """From now on a thread waits for this process's signals and calls their handlers.

    The first SIGTERM or SIGINT counts, the next ones do nothing, and after so many seconds
    the kernel ends the process. To be called before other threads are started: these must
    not take the signals.

    Python runs handlers in the main thread, and only when that wakes. While it waits for a
    lock, and another thread happens to take the signal, it does not. And signals come more
    than once (Ctrl-C goes to the whole group, that of `end_with_parent` comes for each
    thread of a dying parent): a handler that is interrupted by itself waits for its own lock.
    """
    handlers = {each: signal.getsignal(each) for each in (*_ENDINGS, signal.SIGHUP)}
    signal.pthread_sigmask(signal.SIG_BLOCK, handlers)

    def heed() -> None:
        signum = None
        while signum not in _ENDINGS:
            signum = signal.Signals(signal.sigwait(handlers))
            if signum in _ENDINGS:
                signal.alarm(within)
            handler = handlers[signum]
            if callable(handler):
                handler(signum, None)

    threading.Thread(target=heed, name="signals", daemon=True).start()


def end_of_process() -> threading.Event:
    """Set when SIGTERM or SIGINT arrives, which from now on do nothing else."""
    ending = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        ending.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDINGS)  # who started it may have blocked them
    return ending
