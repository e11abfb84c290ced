"""A record is durable before its call is answered, and a change commits with its record."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection, connections
from django.db.transaction import atomic

from audit import chain, checkpoints, heads, trail
from audit.digests import record_digest
from audit.groups import Group, GroupFailed
from audit.models import Chain, Checkpoint, Record
from audit.places import Head, chain_of, sequence_of
from audit.verify import verify
from iam.models import Account
from service.errors import Unavailable
from tests.audit import making

pytestmark = pytest.mark.django_db(transaction=True)


class Refused(Exception):
    """What a change may raise."""


def change(
    number: str = "111122223333", name: str = "kms:CreateKey", *, fail: bool = False
) -> None:
    with trail.transaction() as record:
        Account.objects.create(id=number)
        if fail:
            raise Refused
        record(making.event(name, read_only=False))


def read_within_a_change_that_fails() -> None:
    with trail.transaction():
        making.record()
        raise Refused


def changed(number: str = "111122223333") -> bool:
    return Account.objects.filter(id=number).exists()


def test_records_of_a_process_follow_each_other_without_a_gap():
    for _ in range(3):
        making.record()

    row = Chain.objects.get()
    digest = bytes(row.first)
    for place, record in enumerate(Record.objects.order_by("id"), start=1):
        assert (chain_of(record.id), sequence_of(record.id)) == (row.id, place)
        digest = record_digest(digest, bytes(record.body))
        assert bytes(record.digest) == digest
    assert Record.objects.count() == 3


def test_the_head_outside_the_database_is_that_in_it():
    making.record()
    change()

    row = Chain.objects.get()
    bounds = heads.read(row.id)

    assert bounds is not None
    assert bounds.least == bounds.most == chain.head_of(row)


def test_a_change_commits_with_its_record():
    change()
    assert changed()
    assert making.names() == ["CreateKey"]


def test_a_change_may_have_more_records_than_one_statement_takes():
    with trail.transaction() as record:
        for _ in range(150):
            record(making.event("kms:CreateKey", read_only=False))

    assert len(making.names()) == 150
    assert verify().is_clean


def test_a_change_that_fails_is_undone_and_leaves_the_chain_alone():
    with pytest.raises(Refused):
        change(fail=True)
    making.record()

    assert not changed()
    assert making.names() == ["Encrypt"]
    assert verify().is_clean


def test_a_change_without_a_record_is_undone():
    with pytest.raises(RuntimeError), trail.transaction():
        Account.objects.create(id="111122223333")
    assert not changed()


class TestNested:
    """A call that another call makes."""

    def test_a_nested_calls_record_commits_with_the_change_it_is_a_part_of(self):
        with trail.transaction() as record:
            making.record("kms:Encrypt")
            change(name="kms:CreateGrant")
            assert making.names() == []
            record(making.event("ssm:PutParameter", read_only=False))

        assert making.names() == ["Encrypt", "CreateGrant", "PutParameter"]
        assert Chain.objects.count() == 1

    def test_what_is_undone_goes_and_what_happened_all_the_same_stays(self):
        with suppress(Refused), trail.transaction():
            making.record("kms:Encrypt")
            change(name="kms:CreateGrant")
            failure = making.event("kms:Decrypt", read_only=False)
            failure.fail(Unavailable())
            trail.record(failure)
            raise Refused

        assert not changed()
        assert making.names() == ["Encrypt", "Decrypt"]
        assert verify().is_clean

    def test_a_nested_change_can_fail_alone(self):
        with trail.transaction() as record:
            with suppress(Refused), trail.transaction():
                Account.objects.create(id="111122223333")
                making.record("kms:Encrypt")
                raise Refused
            record(making.event("ssm:PutParameter", read_only=False))

        assert not changed()
        assert making.names() == ["Encrypt", "PutParameter"]

    def test_after_a_transaction_records_are_durable_at_once_again(self):
        change()
        making.record()
        with pytest.raises(Refused):
            change("222233334444", fail=True)
        making.record()
        assert making.names() == ["CreateKey", "Encrypt", "Encrypt"]

    def test_an_interruption_leaves_nothing_held(self):
        with suppress(KeyboardInterrupt), trail.transaction():
            making.record()
            raise KeyboardInterrupt
        making.record("kms:Decrypt")
        assert making.names() == ["Decrypt"]


class TestNestedInACallThatChangesNothing:
    """Its records wait for that of the call which they are a part of."""

    def test_they_share_its_commit(self):
        with trail.nesting:
            with trail.nesting:
                making.record("kms:Decrypt")
            assert making.names() == []
            making.record("ssm:GetParameter")

        assert making.names() == ["Decrypt", "GetParameter"]
        assert verify().is_clean

    def test_they_commit_with_the_change_that_the_call_makes_afterwards(self):
        with trail.nesting:
            with trail.nesting:
                making.record("kms:Encrypt")
            change(name="ssm:PutParameter")

        assert making.names() == ["Encrypt", "PutParameter"]
        assert Chain.objects.count() == 1

    def test_they_stay_where_that_change_fails(self):
        with trail.nesting:
            with trail.nesting:
                making.record("kms:Encrypt")
            with pytest.raises(Refused):
                change(fail=True)
            making.record("ssm:PutParameter")

        assert not changed()
        assert making.names() == ["Encrypt", "PutParameter"]

    def test_many_do_not_wait_for_ever(self):
        with trail.nesting:
            with trail.nesting:
                for _ in range(trail.MOST_WAITING + 1):
                    making.record("kms:Decrypt")
            assert len(making.names()) == trail.MOST_WAITING + 1
            making.record("ssm:GetParameterHistory")

        assert len(making.names()) == trail.MOST_WAITING + 2
        assert verify().is_clean

    def test_a_call_that_is_interrupted_leaves_nothing_for_the_next(self):
        with suppress(KeyboardInterrupt), trail.nesting:
            with trail.nesting:
                making.record("kms:Decrypt")
            raise KeyboardInterrupt
        making.record()

        assert making.names() == ["Encrypt"]


class TestWithinATransactionThatIsNotTheTrails:
    """Records live and die with it, and the process's own chain never notices."""

    def test_its_records_commit_with_it(self):
        with atomic():
            making.record()
            change()
            assert making.names() == ["Encrypt", "CreateKey"]
        making.record("kms:Decrypt")

        assert making.names() == ["Encrypt", "CreateKey", "Decrypt"]
        assert Chain.objects.count() == 2
        assert verify().is_clean

    def test_its_records_are_rolled_back_with_it(self):
        making.record()
        with suppress(Refused), atomic():
            making.record("kms:Decrypt")
            raise Refused
        making.record()

        assert making.names() == ["Encrypt", "Encrypt"]
        assert verify().is_clean

    def test_its_chain_goes_on_after_rollbacks_of_all_or_of_a_part(self):
        with atomic():
            making.record("kms:A")
        with suppress(Refused), atomic():
            making.record("kms:B")
            raise Refused
        with atomic():
            making.record("kms:C")
            with suppress(Refused), atomic():
                making.record("kms:D")
                raise Refused
            making.record("kms:E")

        assert making.names() == ["A", "C", "E"]
        assert Chain.objects.count() == 1
        assert verify().is_clean

    def test_what_may_be_left_of_it_is_within_the_file_of_its_head(self):
        with atomic():
            making.record()
        row = Chain.objects.get()
        committed = chain.head_of(row)
        with suppress(Refused), atomic():
            making.record()
            making.record()
            bounds = heads.read(row.id)
            raise Refused

        assert bounds is not None
        assert bounds.least == committed
        assert bounds.most.sequence == 3

    def test_its_chain_is_left_with_its_connection(self):
        with atomic():
            making.record()
        connection.close()
        with atomic():
            making.record()
        assert Chain.objects.count() == 2

    def test_a_change_that_fails_in_it_is_undone_alone(self):
        with atomic():
            with suppress(Refused), trail.transaction():
                making.record()
                change(name="kms:CreateGrant")
                raise Refused
            making.record("kms:Decrypt")

        assert not changed()
        assert making.names() == ["Encrypt", "Decrypt"]

    def test_no_checkpoint_is_made_in_it(self, monkeypatch):
        monkeypatch.setattr(checkpoints, "_next_look", 0.0)
        with atomic():
            making.record()
        assert not Checkpoint.objects.exists()


class TestFailingClosed:
    """What cannot be recorded is not answered."""

    def test_a_record_that_cannot_be_written_fails_its_call(self, monkeypatch, caplog):
        making.record()
        monkeypatch.setattr(chain, "insert", _failing)
        with pytest.raises(Unavailable):
            making.record()

        assert "OperationalError at tests/audit/test_trail.py" in caplog.text
        assert "secret" not in caplog.text

    def test_a_change_whose_record_cannot_be_written_is_undone(self, monkeypatch):
        making.record()
        monkeypatch.setattr(chain, "insert", _failing)
        with pytest.raises(Unavailable):
            change()
        assert not changed()

    def test_what_is_kept_of_a_failed_change_fails_its_call_if_it_cannot_be_written(
        self, monkeypatch
    ):
        making.record()
        monkeypatch.setattr(chain, "insert", _failing)
        with pytest.raises(Unavailable):
            read_within_a_change_that_fails()

    def test_a_call_fails_if_its_head_cannot_be_kept_outside(self, monkeypatch):
        making.record()
        monkeypatch.setattr(heads.HeadFile, "write", _full)
        with pytest.raises(Unavailable):
            making.record()
        assert making.names() == ["Encrypt"]

    def test_a_head_that_cannot_be_kept_after_the_commit_is_no_failure(self, monkeypatch):
        making.record()
        write = heads.HeadFile.write

        def fails_once_committed(self: heads.HeadFile, least: Head, most: Head) -> None:
            if least == most:
                raise OSError("full")
            write(self, least, most)

        monkeypatch.setattr(heads.HeadFile, "write", fails_once_committed)
        making.record()
        making.record()

        assert len(making.names()) == 3
        assert verify().is_clean

    def test_a_group_fails_with_its_leader_who_alone_says_why(self, monkeypatch, caplog):
        monkeypatch.setattr(Group, "join", _failed_with_its_leader)
        with pytest.raises(Unavailable):
            making.record()
        assert caplog.text == ""

    @pytest.mark.parametrize("way", [making.record, change])
    def test_without_a_chain_nothing_is_answered(self, monkeypatch, way):
        monkeypatch.setattr(chain, "begin", _failing)
        with pytest.raises(Unavailable):
            way()
        assert not changed()

    def test_an_event_that_cannot_be_serialised_fails_its_call(self):
        event = making.event()
        event.request_parameters = {"value": object()}
        with pytest.raises(Unavailable):
            trail.record(event)

    @pytest.mark.parametrize("committed", [True, False])
    @pytest.mark.parametrize(
        ("breaks", "call"),
        [
            ("insert", lambda: making.record("kms:DisableKey")),
            ("commit", lambda: change(name="kms:DisableKey")),
        ],
    )
    def test_when_nobody_knows_whether_a_commit_succeeded_the_trail_holds_either_way(
        self, monkeypatch, committed, breaks, call
    ):
        making.record("kms:Encrypt")
        with monkeypatch.context() as patched:
            if breaks == "insert":
                _break(patched, chain, "insert", committed)
            else:
                _break(patched, type(connections["default"]), "_commit", committed)
            with pytest.raises(Unavailable):
                call()
        making.record("kms:Sign")

        between = ["DisableKey"] if committed else []
        assert making.names() == ["Encrypt", *between, "Sign"]
        assert Chain.objects.count() == 2
        assert verify().is_clean

    @pytest.mark.sqlite_only
    def test_a_head_moves_on_when_its_records_are_flushed(self, monkeypatch):
        making.record()
        mine = trail._process.chain()
        before, seen = mine._head, []

        def flush(descriptor: int) -> None:
            bounds = heads.read(mine.id)
            assert bounds is not None
            seen.append((mine._head, bounds.least, bounds.most.sequence))

        monkeypatch.setattr(os, "fdatasync", flush)
        making.record()

        assert seen == [(before, before, before.sequence + 1)]
        assert mine._head.sequence == before.sequence + 1

    def test_a_chain_that_another_hand_wrote_to_is_left(self, monkeypatch):
        making.record()
        row = Chain.objects.get()
        chain.insert(chain.linked(row.id, chain.head_of(row), [b"{}"])[0])

        with pytest.raises(Unavailable):
            making.record()
        making.record()

        assert Chain.objects.count() == 2

    def test_who_waited_for_a_chain_that_was_given_up_fails(self):
        making.record()
        mine = trail._process.chain()
        mine.give_up()
        with pytest.raises(chain.GivenUp), mine.turn():
            pass


class TestManyThreads:
    def test_every_answered_call_has_its_record_and_they_share_commits(self, monkeypatch):
        making.record()
        commits = _count_turns(monkeypatch)
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(making.in_thread(lambda n: making.record(f"kms:{n}")), range(160)))

        assert sorted(making.names()[1:], key=int) == [str(n) for n in range(160)]
        assert len(commits) < 160
        assert Chain.objects.count() == 1
        assert verify().is_clean

    def test_those_who_wait_for_the_database_share_one_commit(self, monkeypatch):
        making.record()
        commits = _count_turns(monkeypatch)
        with ThreadPoolExecutor(12) as pool:
            with _database_held():
                waiting = [pool.submit(making.in_thread(making.record)) for _ in range(12)]
                while len(trail._process.group._queue) < 12:
                    pass
            for each in waiting:
                each.result()

        assert len(commits) == 1
        assert len(making.names()) == 13

    def test_changes_and_reads_do_not_wait_for_each_other_for_ever(self):
        def work(number: int) -> None:
            if number % 3:
                making.record()
            else:
                change(f"{number:012d}")

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(making.in_thread(work), range(90), timeout=60))

        assert len(making.names()) == 90
        assert Account.objects.count() == 30
        assert verify().is_clean

    def test_two_processes_have_two_chains(self):
        making.record()
        in_child(lambda: making.record("kms:Decrypt"))
        making.record()

        assert [chain_of(each.id) for each in Record.objects.order_by("id")] == [1, 1, 2]
        assert verify().is_clean

    def test_a_fork_does_not_let_go_of_its_parents_chain(self):
        making.record()
        in_child(lambda: None)
        making.let_a_while_pass()
        assert not heads.is_left(Chain.objects.get().id)


class TestBeginningAChain:
    def test_it_says_who_writes_it(self):
        making.record()
        assert Chain.objects.get().label.endswith(f":{os.getpid()}")

    def test_its_number_is_one_that_nothing_outside_the_database_bears(self):
        heads.HeadFile(4, Head(0, b"\0" * 32), exact=True)
        making.record()
        assert Chain.objects.get().id == 5

    def test_two_that_begin_at_once_get_two_numbers(self, monkeypatch):
        numbers = iter([0, 0, 1])
        monkeypatch.setattr(chain, "last_number", lambda: next(numbers))
        monkeypatch.setattr(heads, "chains", lambda: iter(()))
        assert [chain.begin().id, chain.begin().id] == [1, 2]

    def test_it_is_given_up_if_no_number_is_free(self, monkeypatch):
        chain.begin()
        monkeypatch.setattr(chain, "last_number", lambda: 0)
        with pytest.raises(chain.GivenUp):
            chain.begin()

    def test_a_chain_that_was_idle_for_long_is_left(self, monkeypatch):
        making.record()
        monkeypatch.setattr(chain, "IDLE", -1.0)
        making.record()
        making.let_a_while_pass()

        assert Chain.objects.count() == 2
        assert heads.is_left(1)


def in_child(work) -> None:
    """Run `work` in a process forked off this one."""
    connection.close()
    child = os.fork()
    if child == 0:
        try:
            work()
            connection.close()
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0


def _failing(*args: object) -> None:
    raise OperationalError("secret: disk I/O error")


def _failed_with_its_leader(*args: object) -> None:
    raise GroupFailed


def _full(*args: object) -> None:
    raise OSError("full")


def _break(patched: pytest.MonkeyPatch, where: Any, name: str, committed: bool) -> None:
    """What is called `name` fails: after it was done if `committed`, else before."""
    does: Callable[..., None] = getattr(where, name)

    def breaks(*args: Any) -> None:
        if committed:
            does(*args)
        raise DatabaseError("the connection was lost")

    patched.setattr(where, name, breaks)


def _count_turns(monkeypatch) -> list[int]:
    turns: list[int] = []
    insert = chain.insert

    def counted(rows: Sequence[chain.Row]) -> None:
        turns.append(len(rows))
        insert(rows)

    monkeypatch.setattr(chain, "insert", counted)
    return turns


@contextmanager
def _database_held() -> Iterator[None]:
    """Nobody commits to the process's chain meanwhile."""
    with trail._process.chain()._lock:
        yield
