"""Figures for Prometheus: what is counted, and that nobody can fill the memory with names."""

import os
import signal
import threading
from collections.abc import Callable

import pytest

from kms_project import metrics
from kms_project.shared_table import NAME_BYTES, Full, SharedTable


@pytest.fixture(autouse=True)
def _counted_before(monkeypatch):
    monkeypatch.setattr(metrics, "_calls", metrics._table())
    monkeypatch.setattr(metrics, "_new", metrics._New())


def forked(work: Callable[[], None]) -> int:
    """The process that does `work`, and nothing else."""
    process = os.fork()
    if not process:
        try:
            work()
        finally:
            os._exit(0)
    return process


def mappings_of_files() -> set[str]:
    """Files that this process has mapped so that what it writes goes to the disk."""
    with open("/proc/self/maps") as file:
        parts = [line.split(maxsplit=5) for line in file]
    return {part[5].strip() for part in parts if part[1].startswith("rw") and part[1][3] == "s"}


def test_calls_are_counted_by_operation_and_code():
    metrics.observe("test:Counted", "", 0.002)
    metrics.observe("test:Counted", "", 0.2)
    metrics.observe("test:Counted", "DisabledException", 0.001)

    text = metrics.exposition().decode()

    assert 'strongroom_calls_total{code="",operation="test:Counted"} 2.0' in text
    assert 'strongroom_calls_total{code="DisabledException",operation="test:Counted"} 1.0' in text
    assert 'strongroom_call_seconds_count{operation="test:Counted"} 3.0' in text
    assert 'strongroom_call_seconds_sum{operation="test:Counted"} 0.203' in text
    assert 'strongroom_call_seconds_bucket{le="0.001",operation="test:Counted"} 1.0' in text
    assert 'strongroom_call_seconds_bucket{le="0.0025",operation="test:Counted"} 2.0' in text
    assert 'strongroom_call_seconds_bucket{le="+Inf",operation="test:Counted"} 3.0' in text


def test_what_took_longer_than_any_bucket_is_counted():
    metrics.observe("test:Slow", "", 60.0)

    text = metrics.exposition().decode()

    assert 'strongroom_call_seconds_bucket{le="10.0",operation="test:Slow"} 0.0' in text
    assert 'strongroom_call_seconds_bucket{le="+Inf",operation="test:Slow"} 1.0' in text


def test_names_that_anyone_may_invent_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(metrics, "MOST_PAIRS", 3)
    monkeypatch.setattr(metrics, "_calls", metrics._table())

    for number in range(100):
        metrics.observe(f"made:Up{number}", "UnknownOperationException", 0.001)
    metrics.observe("long:" + "x" * NAME_BYTES, "", 0.001)

    assert 'strongroom_calls_total{code="other",operation="other"} 98.0' in (
        metrics.exposition().decode()
    )


def test_the_figures_lie_on_no_disk():
    """Who writes to a mapped file whose disk is full is ended by the kernel (SIGBUS)."""
    metrics.observe("test:Counted", "", 0.002)

    on_disks = {name for name in mappings_of_files() if not name.startswith("/memfd:")}

    assert not {name for name in on_disks if "sqlite3-shm" not in name}
    assert any("strongroom-shared-table" in name for name in mappings_of_files())


def test_processes_and_threads_tell_the_sum():
    each = 500

    def count() -> None:
        for number in range(each):
            metrics.observe(f"test:Operation{number % 7}", "", 0.5)
            if number % 50 == 0:
                metrics.exposition()
        metrics.exposition()

    def count_in_threads() -> None:
        threads = [threading.Thread(target=count) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    for process in [forked(count_in_threads) for _ in range(3)]:
        os.waitpid(process, 0)
    count()

    rows = {
        name: row
        for name, row in metrics._calls.rows().items()
        if name.startswith("test:Operation") or name == metrics.OTHER
    }
    assert sum(numbers[metrics._SUM] for numbers in rows.values()) == 7 * each * 0.5
    assert len(rows) == 8  # with what is counted as others


def test_what_was_counted_is_carried_over_in_time(monkeypatch):
    monkeypatch.setattr(metrics, "EVERY", 0.01)
    metrics.observe("test:Later", "", 0.5)
    carrier = metrics._new.carrier
    assert carrier is not None
    carrier.join()

    assert metrics._calls.rows()["test:Later\n"][metrics._SUM] == 0.5


def test_a_process_that_is_killed_while_it_counts_holds_up_nobody():
    def count_for_ever() -> None:
        while True:
            metrics.observe("test:Killed", "", 0.5)
            metrics.exposition()

    for _ in range(20):
        process = forked(count_for_ever)
        metrics.observe("test:Alive", "", 0.5)
        metrics.exposition()
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)

    assert metrics._calls.rows()["test:Alive\n"][metrics._SUM] == 10.0


def test_a_table_takes_as_many_names_as_it_has_rows():
    table = SharedTable(rows=2, width=1)
    table.add("one", {0: 1.0})
    table.add("two", {})

    with pytest.raises(Full):
        table.add("three", {0: 1.0})

    table.add("one", {0: 1.0})
    assert table.rows() == {"one": (2.0,), "two": (0.0,)}
