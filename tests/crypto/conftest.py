import pytest

from crypto import nonces


@pytest.fixture
def counted_bytes(monkeypatch):
    """In place of random salts and nonces: 00 01 02 …"""
    monkeypatch.setattr(nonces, "RAND_bytes", lambda count: bytes(range(count)))
