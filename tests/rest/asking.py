"""REST as tests ask it: through Django, by signature or by token."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.credentials import Credentials
from django.http import HttpResponse
from django.test import Client

from audit.models import Record
from iam.models import User
from rest import tokens
from tests.support.signing import HOST, signed_headers

API = "/api/v1/"


class Rest:
    """`rest.get("keys")` as one who signs, or who bears a token; `rest.headers` go with each."""

    def __init__(
        self,
        credentials: Credentials | None = None,
        token: str | None = None,
        **headers: str,
    ) -> None:
        self.credentials, self.token, self.headers = credentials, token, headers

    def get(self, path: str, **given: Any) -> HttpResponse:
        return self.ask("GET", path, **given)

    def post(self, path: str, body: Any = None, **given: Any) -> HttpResponse:
        return self.ask("POST", path, body, **given)

    def put(self, path: str, body: Any = None, **given: Any) -> HttpResponse:
        return self.ask("PUT", path, body, **given)

    def patch(self, path: str, body: Any = None, **given: Any) -> HttpResponse:
        return self.ask("PATCH", path, body, **given)

    def delete(self, path: str, **given: Any) -> HttpResponse:
        return self.ask("DELETE", path, **given)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        environ: Mapping[str, Any] | None = None,
        service: str = "execute-api",
        region: str = "us-east-1",
        at: datetime | None = None,
    ) -> HttpResponse:
        """`body` is bytes as they are, or what becomes JSON; `environ` overrules all."""
        url = path if path.startswith("/") else API + path
        raw = _bytes(body)
        given = {**self.headers, **(headers or {})}
        if raw:
            given = {"Content-Type": "application/json", **given}
        if self.token is not None:
            given["Authorization"] = f"Bearer {self.token}"
        if self.credentials is not None:
            given = signed_headers(
                self.credentials,
                service,
                region,
                raw,
                given,
                method=method,
                url=f"http://{HOST}{url}",
                at=at,
            )
        more = {**_environ(raw, given), **(environ or {})}
        response: Any = Client(raise_request_exception=False).generic(
            method, url, raw, more.get("CONTENT_TYPE", ""), **more
        )
        return response


def _environ(body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    found = {"CONTENT_LENGTH": str(len(body))}
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        found[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return found


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def token_of(user: User, *, lifetime: timedelta = timedelta(days=1)) -> str:
    return tokens.create(user, datetime.now(UTC), lifetime)[1]


def records() -> list[dict[str, Any]]:
    bodies = Record.objects.order_by("id").values_list("body", flat=True)
    return [json.loads(bytes(body)) for body in bodies]


def last_record() -> dict[str, Any]:
    return records()[-1]


def problem(response: HttpResponse) -> tuple[int, str]:
    """The status and the code of a response that is a problem."""
    assert response["Content-Type"] == "application/problem+json"
    told = json.loads(response.content)
    assert told["status"] == response.status_code
    assert told["request_id"] == response["X-Request-Id"]
    return told["status"], told["code"]
