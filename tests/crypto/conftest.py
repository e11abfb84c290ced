import pytest

from crypto import envelope, symmetric
from crypto.xks import held


@pytest.fixture
def counted_bytes(monkeypatch):
    """In place of random salts and nonces: 00 01 02 …"""
    for module in (envelope, symmetric, held):
        monkeypatch.setattr(module, "nonce", lambda count: bytes(range(count)))
