"""Figures for Prometheus: what is counted, and that nobody can fill the memory with names."""

import os
import subprocess
import sys

import pytest

from kms_project import metrics


def lines(text, name):
    return [line for line in text.splitlines() if line.startswith(name)]


def test_calls_are_counted_by_operation_and_code():
    metrics.observe("test:Counted", "", 0.002)
    metrics.observe("test:Counted", "", 0.2)
    metrics.observe("test:Counted", "DisabledException", 0.001)

    text = metrics.exposition().decode()

    assert 'strongroom_calls_total{code="",operation="test:Counted"} 2.0' in text
    assert 'strongroom_calls_total{code="DisabledException",operation="test:Counted"} 1.0' in text
    assert 'strongroom_call_seconds_count{operation="test:Counted"} 3.0' in text
    assert 'strongroom_call_seconds_bucket{le="0.0025",operation="test:Counted"} 2.0' in text


def test_names_that_anyone_may_invent_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(metrics, "_known", {})
    monkeypatch.setattr(metrics, "MOST_PAIRS", 3)

    for number in range(100):
        metrics.observe(f"made:Up{number}", "UnknownOperationException", 0.001)

    assert len(metrics._known) <= 4
    assert 'strongroom_calls_total{code="other",operation="other"} 97.0' in (
        metrics.exposition().decode()
    )


@pytest.mark.sqlite_only
def test_processes_that_share_a_directory_tell_the_sum(tmp_path):
    count = "from kms_project import metrics; metrics.observe('kms:Encrypt', '', 0.1)"
    tell = f"{count}; print(metrics.exposition().decode())"
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    subprocess.run([sys.executable, "-c", count], env=environment, check=True)
    told = subprocess.run(
        [sys.executable, "-c", tell], env=environment, check=True, capture_output=True, text=True
    )

    assert lines(told.stdout, "strongroom_calls_total") == [
        'strongroom_calls_total{code="",operation="kms:Encrypt"} 2.0'
    ]
