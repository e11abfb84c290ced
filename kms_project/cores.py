"""A core for each server process.

Python runs one thread of a process at a time. Where the threads of a process may run on any
core, each hand-over between them moves to another one, whose caches know nothing of what is
done, and that costs more than a second core can give. So each process keeps to one core,
if there is one for each, and to the kernel's batch policy: a thread that is wakened there
waits for the running one to pause. Else it would run at once, only to find that the other
holds the interpreter, and both would have been switched for nothing.
"""

import fcntl
import os

_seats = os.memfd_create("strongroom-cores")  # shared by all who are forked after this


def keep_to_one(processes: int) -> int | None:
    """Bind this process, and the threads it will start, to a core that none of the others has.

    Returns the core; None, with nothing bound, if this process may use fewer cores than
    there are `processes`. A process that ends gives its core to the one that replaces it.
    """
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < processes:
        return None
    for seat, core in enumerate(cores):
        if _take(seat):
            os.sched_setaffinity(0, {core})
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
            return core
    return None


def _take(seat: int) -> bool:
    """The kernel keeps the lock for this process, until it ends by whatever way."""
    try:
        fcntl.lockf(_seats, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, seat)
    except OSError:
        return False
    return True
