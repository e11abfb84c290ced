"""Requests signed by botocore, the judge of every signature here."""

import io
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Any
from unittest import mock

from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

HOST = "strongroom.example"


def signed_headers(
    credentials: Credentials,
    service: str,
    region: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    method: str = "POST",
    url: str = f"https://{HOST}/",
    at: datetime | None = None,
) -> dict[str, str]:
    """All headers of the request, in lower case, as they go over the wire."""
    request = AWSRequest(method, url, headers={"Host": HOST, **headers}, data=body)
    with _clock(at):
        auth.SigV4Auth(credentials, service, region).add_auth(request)
    return {name.lower(): value for name, value in request.headers.items()}


def environ(body: bytes, headers: Mapping[str, str], **more: Any) -> dict[str, Any]:
    """The WSGI environ of a POST to / with these headers."""
    found: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "REMOTE_ADDR": "192.0.2.7",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        found[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    return found | more


def _clock(at: datetime | None) -> AbstractContextManager[Any]:
    if at is None:
        return nullcontext()
    return mock.patch.object(auth, "get_current_datetime", return_value=at.astimezone(UTC))
