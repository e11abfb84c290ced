"""What the operator's commands share: a process's end, and that it does not outlive its parent."""

import ctypes
import os
import signal
import threading
from types import FrameType

_PR_SET_PDEATHSIG = 1
_ENDING = {signal.SIGTERM}


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
    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING),
        after_in_child=_take_the_default,
    )


def _take_the_default() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


def end_of_process() -> threading.Event:
    """Set when SIGTERM or SIGINT arrives, which from now on do nothing else."""
    ending = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        ending.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return ending
