"""Processes that keep to one core each."""

import os

import pytest

from kms_project import cores

FEW = 2


@pytest.fixture
def two_cores(monkeypatch):
    """A machine with cores 3 and 5, and what a process binds itself to."""
    bound = []
    monkeypatch.setattr(os, "sched_getaffinity", lambda who: {5, 3})
    monkeypatch.setattr(os, "sched_setaffinity", lambda who, cores: bound.append(cores))
    monkeypatch.setattr(os, "sched_setscheduler", lambda who, policy, param: None)
    monkeypatch.setattr(cores, "_seats", os.memfd_create("test"))
    yield bound
    os.close(cores._seats)


def in_another_process(work):
    """`work()` in a process of its own, which stays: its answer, and how to end it."""
    answer, end = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        os.write(answer[1], str(work()).encode())
        os.read(end[0], 1)
        os._exit(0)
    told = os.read(answer[0], 20).decode()

    def finish():
        os.write(end[1], b"x")
        os.waitpid(child, 0)
        for descriptor in (*answer, *end):
            os.close(descriptor)

    return told, finish


def test_each_process_has_a_core_of_its_own_and_its_successor_gets_it(two_cores):
    told, finish = in_another_process(lambda: cores.keep_to_one(FEW))
    assert told == "3"
    assert cores.keep_to_one(FEW) == 5
    finish()

    told, finish = in_another_process(lambda: cores.keep_to_one(FEW))
    finish()
    assert told == "3"
    assert two_cores == [{5}]


def test_its_threads_do_not_interrupt_each_other(two_cores, monkeypatch):
    policies = []
    monkeypatch.setattr(os, "sched_setscheduler", lambda who, policy, _: policies.append(policy))

    cores.keep_to_one(FEW)

    assert policies == [os.SCHED_BATCH]


def test_with_fewer_cores_than_processes_none_is_bound(two_cores):
    assert cores.keep_to_one(3) is None
    assert two_cores == []


def test_one_process_too_many_is_not_bound(two_cores):
    told = [in_another_process(lambda: cores.keep_to_one(FEW)) for _ in range(2)]
    assert [core for core, _ in told] == ["3", "5"]
    assert cores.keep_to_one(FEW) is None
    for _, finish in told:
        finish()
    assert two_cores == []
