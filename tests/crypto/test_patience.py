"""Work that may hang."""

import os
import signal
import threading
from time import monotonic, sleep

import pytest

from crypto.patience import Overdue, _idle, within


def test_what_the_work_returns_is_returned_and_what_it_raises_is_raised():
    assert within(monotonic() + 10, lambda: "done") == "done"
    with pytest.raises(ZeroDivisionError):
        within(monotonic() + 10, lambda: 1 / 0)


def test_work_that_takes_too_long_is_not_waited_for_and_goes_on():
    goes_on, ended = threading.Event(), threading.Event()
    began = monotonic()

    with pytest.raises(Overdue):
        within(began + 0.05, lambda: (goes_on.wait(), ended.set()))

    assert monotonic() - began < 1
    goes_on.set()
    assert ended.wait(10)


def test_a_thread_helps_again_and_again():
    within(monotonic() + 10, lambda: None)
    before = threading.active_count()

    for _ in range(20):
        within(monotonic() + 10, lambda: None)

    assert threading.active_count() == before


def test_what_was_done_is_not_kept():
    class Secret:
        gone = threading.Event()

        def __del__(self):
            self.gone.set()

    within(monotonic() + 10, Secret)

    assert Secret.gone.wait(10)


def test_a_helping_thread_takes_no_signals():
    _idle.clear()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])

    blocked = within(monotonic() + 10, lambda: signal.pthread_sigmask(signal.SIG_BLOCK, []))

    assert {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD} <= blocked
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before


def test_a_forked_process_has_threads_of_its_own():
    within(monotonic() + 10, lambda: None)
    while not _idle:
        sleep(0.001)

    child = os.fork()
    if not child:
        os._exit(within(monotonic() + 10, lambda: 7))

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
