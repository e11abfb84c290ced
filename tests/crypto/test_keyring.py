"""Opened keys are held for a bounded time and in a bounded number."""

import gc
import os
import time
import weakref
from threading import Barrier, Thread

import pytest

from crypto import keyring
from crypto.errors import CannotOpen
from crypto.keyring import Keyring


class Key:
    """Something that can be seen to be gone."""


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 1000.0

    monkeypatch.setattr(keyring, "monotonic", lambda: Clock.now)
    return Clock


@pytest.fixture
def opened():
    """The names that were opened, and how to open one."""
    names = []

    def open_with(name):
        def open_key():
            names.append(name)
            return f"key {len(names)}"

        return open_key

    return names, open_with


def test_a_key_is_opened_once_and_then_held(opened):
    names, open_with = opened
    ring = Keyring(most=10, seconds=300)

    assert [ring.get(("arn", "1"), open_with("1")) for _ in range(3)] == ["key 1"] * 3
    assert names == ["1"]


def test_a_key_is_opened_anew_when_its_time_is_over(opened, clock):
    _names, open_with = opened
    ring = Keyring(most=10, seconds=300)
    ring.get(("arn", "1"), open_with("1"))

    clock.now += 299.9
    assert ring.get(("arn", "1"), open_with("1")) == "key 1"
    clock.now += 0.1  # being asked for does not make it live longer
    assert ring.get(("arn", "1"), open_with("1")) == "key 2"


def test_the_key_that_came_first_goes_first_when_the_ring_is_full(opened):
    names, open_with = opened
    ring = Keyring(most=2, seconds=300)
    for name in ("1", "2", "3", "2", "3", "1"):
        ring.get((name,), open_with(name))

    assert names == ["1", "2", "3", "1"]


def test_a_key_opened_anew_takes_no_second_place(opened, clock):
    _names, open_with = opened
    ring = Keyring(most=2, seconds=300)
    ring.get(("1",), open_with("1"))
    clock.now += 200
    ring.get(("2",), open_with("2"))
    clock.now += 200
    ring.get(("1",), open_with("1"))

    assert ring.get(("2",), open_with("2")) == "key 2"


def test_forgetting_drops_every_key_whose_name_begins_so_and_no_other(opened):
    names, open_with = opened
    ring = Keyring(most=10, seconds=300)
    for arn, material in (("a", "1"), ("a", "2"), ("b", "1")):
        ring.get((arn, material), open_with(arn + material))

    ring.forget("a")

    for arn, material in (("a", "1"), ("a", "2"), ("b", "1")):
        ring.get((arn, material), open_with(arn + material))
    assert names == ["a1", "a2", "b1", "a1", "a2"]


def test_a_key_that_is_forgotten_while_it_is_being_opened_is_not_held(opened):
    _names, open_with = opened
    ring = Keyring(most=10, seconds=300)

    def deleted_meanwhile():
        ring.forget("arn")
        return "the deleted key"

    assert ring.get(("arn", "1"), deleted_meanwhile) == "the deleted key"
    assert ring.get(("arn", "1"), open_with("1")) == "key 1"


def test_what_cannot_be_opened_raises_each_time_and_is_not_held(opened):
    _, open_with = opened
    ring = Keyring(most=10, seconds=300)

    def fail():
        raise CannotOpen

    for _ in range(2):
        with pytest.raises(CannotOpen):
            ring.get(("arn", "1"), fail)
    assert ring.get(("arn", "1"), open_with("1")) == "key 1"


def test_keys_that_nobody_asks_for_again_are_dropped_too():
    ring = Keyring(most=10, seconds=0.2)
    keys = []
    for name in ("1", "2"):
        keys.append(weakref.ref(ring.get((name,), Key)))
        time.sleep(0.1)

    assert eventually(lambda: not any(key() for key in keys))


def test_after_all_were_dropped_the_next_is_dropped_again():
    ring = Keyring(most=10, seconds=0.05)
    for _ in range(2):
        key = weakref.ref(ring.get(("1",), Key))
        assert eventually(lambda key=key: key() is None)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_drops_its_keys_too():
    ring = Keyring(most=10, seconds=0.3)
    ring.get(("before",), Key)
    child = os.fork()
    if not child:  # where the timer of the parent is not running
        keys = [weakref.ref(ring.get((name,), Key)) for name in ("before", "after")]
        os._exit(0 if eventually(lambda: not any(key() for key in keys)) else 1)

    assert os.waitpid(child, 0)[1] == 0


def test_threads_may_use_one_ring():
    ring = Keyring(most=5, seconds=300)
    ready, wrong = Barrier(4), []

    def use():
        ready.wait()
        for step in range(3000):
            name = f"{step % 7}"
            if ring.get((name,), lambda name=name: f"key {name}") != f"key {name}":
                wrong.append(name)
            if step % 100 == 0:
                ring.forget(name)

    threads = [Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def eventually(true, seconds=20.0):
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        gc.collect()
        time.sleep(0.01)
    return true()
