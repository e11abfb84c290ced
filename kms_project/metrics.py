"""Figures for Prometheus: how many calls with which outcome, and how long they took.

Server processes, which are forked after this was imported, count in one table, so that each
can tell the sum of all. A process adds to it once a second what it counted since.
"""

import logging
import os
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate

import prometheus_client
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from audit.events import where
from kms_project.shared_table import Full, SharedTable
from notices import listing as notices
from secrets_app.rotation import listing as rotations

logger = logging.getLogger("strongroom.metrics")

CONTENT_TYPE = prometheus_client.CONTENT_TYPE_LATEST
MOST_PAIRS = 2_000  # of operation and code; anyone may ask for an operation of any name
OTHER = "other\nother"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_SUM = len(_BUCKETS) + 1  # its column, after those of the buckets and of what took longer


EVERY = 1.0  # seconds


def observe(operation: str, code: str, seconds: float) -> None:
    """Count a call that was answered: `code` is AWS's error code, "" for a success."""
    name = (operation, code)
    with _new.lock:
        counted = _new.counted.get(name)
        if counted is None:
            counted = _new.counted[name] = [0.0] * (_SUM + 1)
        counted[bisect_left(_BUCKETS, seconds)] += 1
        counted[_SUM] += seconds
        if _new.carrier is None:
            _new.carry_later()


def exposition() -> bytes:
    """All figures in Prometheus's text format; of other processes, those of a second ago."""
    _new.carry()
    return generate_latest(_registry)


class _New:
    """What this process counted since it last added to the table."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.counted: dict[tuple[str, str], list[float]] = {}
        self.carrier: threading.Timer | None = None

    def carry_later(self) -> None:
        self.carrier = threading.Timer(EVERY, self.carry)
        self.carrier.daemon = True
        self.carrier.start()

    def carry(self) -> None:
        with self.lock:
            counted, self.counted, self.carrier = self.counted, {}, None
        for (operation, code), numbers in counted.items():
            amounts = {column: amount for column, amount in enumerate(numbers) if amount}
            try:
                _calls.add(f"{operation}\n{code}", amounts)
            except Full:
                _calls.add(OTHER, amounts)


def _start_anew() -> None:
    """A process that was forked has counted nothing, and has no timer."""
    global _new
    _new = _New()


def _table() -> SharedTable:
    table = SharedTable(MOST_PAIRS + 1, _SUM + 1)
    table.add(OTHER, {})  # while there is a row for it
    return table


class _Figures(Collector):
    def collect(self) -> Iterator[Metric]:
        calls = CounterMetricFamily(
            "strongroom_calls", "Calls by operation and result", labels=["operation", "code"]
        )
        seconds = HistogramMetricFamily(
            "strongroom_call_seconds", "Time to answer by operation", labels=["operation"]
        )
        by_operation: dict[str, list[float]] = {}
        for name, numbers in _calls.rows().items():
            operation, _, code = name.partition("\n")
            calls.add_metric([operation, code], sum(numbers[:_SUM]))
            summed = by_operation.setdefault(operation, [0.0] * len(numbers))
            summed[:] = map(sum, zip(summed, numbers, strict=True))
        for operation, summed in by_operation.items():
            seconds.add_metric([operation], _cumulative(summed[:_SUM]), summed[_SUM])
        yield calls
        yield seconds


class _Stored(Collector):
    """Asked of the database: workers do it, and another process tells."""

    def __init__(self, name: str, text: str, counts: Callable[[], Mapping[str, int]]) -> None:
        self._name, self._text, self._counts = name, text, counts

    def collect(self) -> Iterator[Metric]:
        try:
            counts = self._counts()
        except Exception as error:  # the other figures are told all the same
            logger.warning("%s could not be counted: %s", self._name, where(error))
            return
        gauge = GaugeMetricFamily(f"strongroom_{self._name}", self._text, labels=["state"])
        for state, count in counts.items():
            gauge.add_metric([state], count)
        yield gauge

    def describe(self) -> Iterator[Metric]:
        """Nothing: nobody is asked when this is imported."""
        return iter(())


def _cumulative(counts: list[float]) -> list[tuple[str, float]]:
    bounds = [*map(str, _BUCKETS), "+Inf"]
    return list(zip(bounds, accumulate(counts), strict=True))


_calls = _table()
_registry = CollectorRegistry()
_registry.register(_Figures())
_registry.register(
    _Stored("notices", "Notices that wait, and that were given up", lambda: notices.counts())
)
_registry.register(
    _Stored(
        "rotations",
        "Rotations that go on, and secrets whose last one failed",
        lambda: rotations.counts(),
    )
)
_new = _New()
os.register_at_fork(after_in_child=_start_anew)
