from collections.abc import Iterator

import pytest

from crypto.xks import Client, Proxy
from tests.support.xks_proxy import ACCESS_KEY_ID, SECRET, XksProxy


@pytest.fixture
def proxy() -> Iterator[XksProxy]:
    running = XksProxy()
    yield running
    running.stop()


@pytest.fixture
def client(proxy) -> Client:
    return client_of(proxy)


def client_of(proxy: XksProxy, seconds: float = 2.0, **changed) -> Client:
    """Patient, unless told otherwise: the machine may be busy."""
    given = {"url": proxy.url, "path": proxy.path, "region": "eu-west-1"}
    credential = {"access_key_id": ACCESS_KEY_ID, "secret": SECRET}
    return Client(Proxy(**{**given, **credential, **changed}), seconds)
