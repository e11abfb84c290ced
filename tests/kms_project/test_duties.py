"""The worker: what is due is done, whatever became of it before."""

import threading
import time

import pytest

from kms_project import duties
from service.duty import Duty


@pytest.fixture
def ending():
    return threading.Event()


def test_every_apps_duties_are_found():
    names = {duty.name for duty in duties.of_installed_apps()}

    assert {"audit: index records", "audit: make a checkpoint"} <= names


def test_a_duty_is_done_again_and_again(ending):
    done = []

    def count():
        done.append(time.monotonic())
        if len(done) == 3:
            ending.set()

    duties.Rota([Duty("count", 0.02, count)]).run_until(ending)

    assert len(done) == 3
    assert done[2] - done[0] >= 0.04


def test_a_duty_that_fails_is_logged_without_its_words_and_tried_again(ending, caplog):
    done = []

    def fail():
        done.append(1)
        if len(done) == 2:
            ending.set()
        raise RuntimeError("hunter2")

    duties.Rota([Duty("fail", 0.01, fail)]).run_until(ending)

    assert len(done) == 2
    assert "fail failed: RuntimeError at tests/kms_project/test_duties.py:" in caplog.text
    assert "hunter2" not in caplog.text


def test_a_duty_that_is_slow_does_not_keep_the_others_from_their_turn(ending):
    done = []

    def be_slow():
        done.append("slow")
        time.sleep(0.05)

    def be_fast():
        done.append("fast")
        ending.set()

    slow, fast = Duty("slow", 0.001, be_slow), Duty("fast", 0.1, be_fast)

    duties.Rota([slow, fast]).run_until(ending)

    assert done[-1] == "fast"


def test_the_end_does_not_wait_for_what_is_due_later(ending):
    rota = duties.Rota([Duty("late", 3600.0, lambda: None)])
    threading.Timer(0.05, ending.set).start()
    began = time.monotonic()

    rota.run_until(ending)

    assert time.monotonic() - began < 2


def test_no_duties_is_no_work(ending):
    duties.Rota([]).run_until(ending)
