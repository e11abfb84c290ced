"""External key stores for tests, and what to do with them."""

import json
from typing import Any

from tests.keys.using import Kms
from tests.support.xks_proxy import ACCESS_KEY_ID, PREFIX, SECRET, XksProxy

ENDPOINT = "https://proxy.example"
OTHER_ENDPOINT = "https://other.example"


def endpoints(proxy: XksProxy) -> str:
    """The setting by which both endpoints lead to the proxy."""
    return json.dumps({ENDPOINT: proxy.url, OTHER_ENDPOINT: proxy.url})


def given(**changed: Any) -> dict[str, Any]:
    """What CreateCustomKeyStore is asked; None takes a member away."""
    asked = {
        "CustomKeyStoreName": "external",
        "CustomKeyStoreType": "EXTERNAL_KEY_STORE",
        "XksProxyUriEndpoint": ENDPOINT,
        "XksProxyUriPath": f"{PREFIX}/kms/xks/v1",
        "XksProxyConnectivity": "PUBLIC_ENDPOINT",
        "XksProxyAuthenticationCredential": credential(),
    }
    return {name: value for name, value in (asked | changed).items() if value is not None}


def credential(**changed: str) -> dict[str, str]:
    return {"AccessKeyId": ACCESS_KEY_ID, "RawSecretAccessKey": SECRET, **changed}


def entry(kms: Kms, store: str) -> Any:
    (found,) = kms("DescribeCustomKeyStores", CustomKeyStoreId=store).custom_key_stores
    return found


def make_key(kms: Kms, store: str, xks_key_id: str = "key-1", **more: Any) -> Any:
    asked = {"Origin": "EXTERNAL_KEY_STORE", "CustomKeyStoreId": store, "XksKeyId": xks_key_id}
    return kms.create(**asked | more)
