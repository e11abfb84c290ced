"""Requests to a proxy: what they ask for, who signed them, and what is in them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import orjson

from gateway.protocols.from_json import reader
from iam import authenticate
from iam.authenticate import Arrival
from iam.sigv4 import SignedRequest
from service import model
from service.caller import Caller
from service.errors import SerializationFailed
from service.operation import Operation
from service.wsgi import Body, Environ, headers
from xks_proxy import credentials
from xks_proxy.models import Proxy
from xks_proxy.operations.decrypt import Decrypt
from xks_proxy.operations.encrypt import Encrypt
from xks_proxy.operations.get_health_status import GetHealthStatus
from xks_proxy.operations.get_key_metadata import GetKeyMetadata

SERVICES = frozenset({"kms-xks-proxy"})
UNKNOWN = "kms-xks-proxy:Unknown"
_OF_A_KEY: Mapping[str, type[Operation[Any, Any]]] = {
    "metadata": GetKeyMetadata,
    "encrypt": Encrypt,
    "decrypt": Decrypt,
}
_PATH = re.compile(r"keys/([^/]+)/([a-z]+)")


def operation_at(path: str) -> tuple[type[Operation[Any, Any]] | None, dict[str, str]]:
    """What is asked for at `path`, below /kms/xks/v1/, and which key is named there."""
    if path == "health":
        return GetHealthStatus, {}
    found = _PATH.fullmatch(path)
    operation = _OF_A_KEY.get(found[2]) if found else None
    return operation, {"ExternalKeyId": found[1]} if found and operation else {}


def caller(environ: Environ, body: Body, arrival: Arrival) -> tuple[Caller, str]:
    """Who signed, and the prefix that he signed for. Raises the errors of `iam.authenticate`."""
    path = quote(environ.get("PATH_INFO", "").encode("latin-1"))
    query = environ.get("QUERY_STRING", "")
    request = SignedRequest(
        "POST", path, query, headers(environ), body.read, SERVICES, any_region=True
    )
    found = authenticate.signer(request, arrival, "xks-credential", credentials.opened)
    known, arrival = found.credential, found.arrival
    made = Caller(
        principal=known.principal,
        region=known.region,
        snapshot=found.snapshot,
        time=arrival.time,
        request_id=arrival.request_id,
        source_ip=arrival.source_ip,
        user_agent=arrival.user_agent,
        access_key_id=known.access_key_id,
        door=arrival.door,
        secure_transport=arrival.secure_transport,
    )
    return made, known.prefix


def stranger(environ: Environ, prefix: str, arrival: Arrival) -> Caller:
    """Who signed nothing that holds; only ever recorded, with the account of the proxy."""
    unknown = authenticate.stranger(environ.get("HTTP_AUTHORIZATION", ""), arrival)
    proxy = Proxy.objects.filter(prefix=prefix).first()
    if proxy is None:
        return unknown
    principal = replace(unknown.principal, account=proxy.account_id)
    return replace(unknown, principal=principal, region=proxy.region)


def params(name: str, body: bytes) -> dict[str, Any]:
    """The AWS-shaped parameters in a body of JSON. Raises SerializationFailed."""
    try:
        found = orjson.loads(body)
    except ValueError:
        raise SerializationFailed("The body is not valid JSON.") from None
    if not isinstance(found, dict):
        raise SerializationFailed("The body must be a JSON object.")
    given: dict[str, Any] = reader(model.operation(name).input_shape)(_upper(found))
    return given


def _upper(value: Any) -> Any:
    """Members by their names in the model, which begin with a capital letter."""
    if not isinstance(value, dict):
        return value
    return {name[:1].upper() + name[1:]: _upper(item) for name, item in value.items()}
