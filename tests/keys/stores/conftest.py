"""An XKS proxy that runs, and a store that is connected to it."""

from collections.abc import Iterator

import pytest

from tests.keys.stores import xks
from tests.support.xks_proxy import XksProxy


@pytest.fixture
def proxy(settings) -> Iterator[XksProxy]:
    running = XksProxy()
    settings.STRONGROOM_XKS_ENDPOINTS = xks.endpoints(running)
    settings.STRONGROOM_XKS_TIMEOUT_MS = 5_000  # the machine may be busy
    yield running
    running.stop()


@pytest.fixture
def store(kms, proxy) -> str:
    """The id of a connected store."""
    made: str = kms("CreateCustomKeyStore", **xks.given()).custom_key_store_id
    kms("ConnectCustomKeyStore", CustomKeyStoreId=made)
    proxy.asked.clear()
    return made
