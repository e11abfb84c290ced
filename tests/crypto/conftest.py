import os

import pytest


@pytest.fixture
def counted_bytes(monkeypatch):
    """In place of random bytes: 00 01 02 …"""
    monkeypatch.setattr(os, "urandom", lambda count: bytes(range(count)))
