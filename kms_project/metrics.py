"""Figures for Prometheus: how many calls with which outcome, and how long they took.

Server processes share a directory of memory-mapped files (`manage.py serve` makes it), so
that each can tell the sum of all. A process that shares with nobody counts for itself.
"""

import os

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

CONTENT_TYPE = prometheus_client.CONTENT_TYPE_LATEST
MOST_PAIRS = 2_000  # of operation and code; anyone may ask for an operation of any name
OTHER = ("other", "other")
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_SHARED = "PROMETHEUS_MULTIPROC_DIR"

_calls = Counter("strongroom_calls", "Calls by operation and result", ["operation", "code"])
_seconds = Histogram(
    "strongroom_call_seconds", "Time to answer by operation", ["operation"], buckets=_BUCKETS
)
_known: dict[tuple[str, str], tuple[Counter, Histogram]] = {}


def observe(operation: str, code: str, seconds: float) -> None:
    """Count a call that was answered: `code` is AWS's error code, "" for a success."""
    found = _known.get((operation, code)) or _remember(operation, code)
    found[0].inc()
    found[1].observe(seconds)


def exposition() -> bytes:
    """All figures in Prometheus's text format."""
    if not os.environ.get(_SHARED):
        return generate_latest()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def _remember(operation: str, code: str) -> tuple[Counter, Histogram]:
    if len(_known) >= MOST_PAIRS:
        operation, code = OTHER
    labelled = _calls.labels(operation, code), _seconds.labels(operation)
    _known[operation, code] = labelled
    return labelled
