"""Records that come at the same time share a commit; each is durable, or its call fails."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from audit.groups import Group, GroupFailed

Take = Callable[[], Sequence[bytes]]


class Disk:
    """What a group commits to. It can be made to wait before it takes, and to fail."""

    def __init__(self) -> None:
        self.groups: list[list[bytes]] = []
        self.may_take = threading.Event()
        self.may_take.set()
        self.begun = threading.Semaphore(0)
        self.failure: BaseException | None = None
        self.fails_before_taking = False

    def commit(self, take: Take) -> None:
        self.begun.release()
        self.may_take.wait(timeout=10)
        if self.failure and self.fails_before_taking:
            raise self.failure
        bodies = list(take())
        if self.failure:
            raise self.failure
        self.groups.append(bodies)


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def group(disk) -> Group:
    return Group(disk.commit, most=64)


def _joined_while_one_leads(disk: Disk, group: Group, count: int) -> list[BaseException | None]:
    """`count` threads join while the first of them leads; what each of them raised."""
    disk.may_take.clear()
    with ThreadPoolExecutor(count) as pool:
        joined = [pool.submit(group.join, b"0")]
        disk.begun.acquire()
        joined += [pool.submit(group.join, str(n).encode()) for n in range(1, count)]
        while len(group._queue) < count:
            pass
        disk.may_take.set()
    return [each.exception() for each in joined]


def test_a_record_alone_is_a_group_of_one(disk, group):
    group.join(b"a")
    group.join(b"b")
    assert disk.groups == [[b"a"], [b"b"]]


def test_records_that_come_while_one_leads_share_its_commit(disk, group):
    assert _joined_while_one_leads(disk, group, 20) == [None] * 20
    assert len(disk.groups) == 1
    assert sorted(disk.groups[0], key=int) == [str(n).encode() for n in range(20)]


def test_a_group_is_bounded_and_the_first_that_is_left_leads_the_next(disk):
    _joined_while_one_leads(disk, Group(disk.commit, most=8), 20)
    assert [len(each) for each in disk.groups] == [8, 8, 4]


def test_what_joins_together_is_committed_together_and_in_order(disk, group):
    group.join(b"a", b"b")
    assert disk.groups == [[b"a", b"b"]]


def test_what_joins_together_counts_as_so_many(disk):
    group = Group(disk.commit, most=4)
    disk.may_take.clear()
    with ThreadPoolExecutor(3) as pool:
        pool.submit(group.join, b"a")
        disk.begun.acquire()
        for given in ([b"b", b"c"], [b"d", b"e"]):
            pool.submit(group.join, *given)
            while given[0] not in [each.bodies[0] for each in group._queue]:
                pass
        disk.may_take.set()
    assert disk.groups == [[b"a", b"b", b"c"], [b"d", b"e"]]


@pytest.mark.parametrize("before_taking", [True, False])
def test_when_a_commit_fails_every_call_of_its_group_fails(disk, group, before_taking):
    disk.failure, disk.fails_before_taking = OSError("full"), before_taking

    raised = _joined_while_one_leads(disk, group, 5)

    assert isinstance(raised[0], OSError)
    assert [type(each) for each in raised[1:]] == [GroupFailed] * 4
    assert disk.groups == []


def test_after_a_failure_the_next_group_is_committed(disk, group):
    disk.failure = OSError("full")
    with pytest.raises(OSError, match="full"):
        group.join(b"a")
    disk.failure = None
    group.join(b"b")
    assert disk.groups == [[b"b"]]


def test_a_leader_that_is_interrupted_leaves_nobody_waiting(disk, group):
    disk.failure = KeyboardInterrupt()

    raised = _joined_while_one_leads(disk, group, 3)

    assert isinstance(raised[0], KeyboardInterrupt)
    assert [type(each) for each in raised[1:]] == [GroupFailed] * 2


def test_under_load_nothing_is_lost_and_nothing_is_committed_twice(disk, group):
    bodies = [str(n).encode() for n in range(2000)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(group.join, bodies))
    assert sorted((each for one in disk.groups for each in one), key=int) == bodies
