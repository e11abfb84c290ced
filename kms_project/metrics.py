"""Figures for Prometheus: how many calls with which outcome, and how long they took.

Server processes, which are forked after this was imported, count in one table, so that each
can tell the sum of all.
"""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

import prometheus_client
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from kms_project.shared_table import Full, SharedTable

CONTENT_TYPE = prometheus_client.CONTENT_TYPE_LATEST
MOST_PAIRS = 2_000  # of operation and code; anyone may ask for an operation of any name
OTHER = "other\nother"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_SUM = len(_BUCKETS) + 1  # its column, after those of the buckets and of what took longer


def observe(operation: str, code: str, seconds: float) -> None:
    """Count a call that was answered: `code` is AWS's error code, "" for a success."""
    amounts = {bisect_left(_BUCKETS, seconds): 1, _SUM: seconds}
    try:
        _calls.add(f"{operation}\n{code}", amounts)
    except Full:
        _calls.add(OTHER, amounts)


def exposition() -> bytes:
    """All figures in Prometheus's text format."""
    return generate_latest(_registry)


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


def _cumulative(counts: list[float]) -> list[tuple[str, float]]:
    bounds = [*map(str, _BUCKETS), "+Inf"]
    return list(zip(bounds, accumulate(counts), strict=True))


_calls = _table()
_registry = CollectorRegistry()
_registry.register(_Figures())
