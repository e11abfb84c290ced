"""Endpoints: HTTP services that speak Lambda's Invoke API, asked in its synchronous way.

Such as a container with the Lambda runtime emulator. Each call is signed (Signature Version 4,
service "lambda") with the key that the function was registered with.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

import json
import re
from collections.abc import Mapping

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from django.conf import settings

from crypto.errors import CannotOpen, XksError, XksFault
from crypto.xks.transport import Answer, Transport
from secrets_app.rotation import addresses, functions
from secrets_app.rotation.event import StepEvent, StepFailed
from secrets_app.rotation.functions import Function
from secrets_app.rotation.models import RotationFunction
from secrets_app.rotation.registry import urls

SERVICE = "lambda"
CONNECTING = 5.0  # seconds
_HEADERS = {
    "Content-Type": "application/json",
    "X-Amz-Invocation-Type": "RequestResponse",
    "X-Amz-Log-Type": "None",
}
_PROBLEMS: Mapping[str, str] = {
    XksFault.UNREACHABLE: "cannot be reached",
    XksFault.INSECURE: "has no TLS, or not the right certificate",
    XksFault.TIMED_OUT: "did not answer in time",
}
_TYPE = re.compile(r"[A-Za-z_][\w.]{0,127}", re.ASCII)


def run(function: Function, event: StepEvent) -> None:
    """Do the step. Raises StepFailed."""
    row = function.row
    assert row is not None  # noqa: S101 - only registered ones are endpoints
    origin, path = urls.place(row.url, function.name)
    body = json.dumps(event.as_lambda()).encode()
    try:
        transport = Transport(
            origin,
            settings.STRONGROOM_ROTATION_CA_BUNDLE,
            allow_http=settings.STRONGROOM_ROTATION_ALLOW_HTTP,
            seconds=function.timeout,
            connecting=CONNECTING,
            may_reach=may_reach,
        )
        signed = _signed(row, f"{origin}{path}", transport.host, body)
        answer = transport.post(path, signed, body)
    except XksError as error:
        why = _PROBLEMS.get(error.reason, "gave an answer that cannot be read")
        raise StepFailed(f"The endpoint {why}.") from None
    _judge(answer)


def may_reach(address: str) -> bool:
    """One machine's, at which no cloud tells credentials."""
    plain = addresses.plain(address)
    is_one = not (plain.is_multicast or plain.is_unspecified)
    return is_one and not addresses.tells_credentials(address)


def _signed(row: RotationFunction, url: str, host: str, body: bytes) -> dict[str, str]:
    try:
        secret = functions.open_sealed(row, "key").decode()
    except CannotOpen:
        raise StepFailed("The function's key cannot be opened: register it again.") from None
    request = AWSRequest("POST", url, headers={"Host": host, **_HEADERS}, data=body)
    SigV4Auth(Credentials(row.key_id, secret), SERVICE, row.region).add_auth(request)
    return dict(request.headers)


def _judge(answer: Answer) -> None:
    """Raise StepFailed unless the function has returned.

    What it raised stands in the body, by Lambda with a header that says so, by the runtime
    emulator without. Its message may be secret.
    """
    if answer.status != 200:
        raise StepFailed(f"The endpoint answered with status {answer.status}.")
    found = _document(answer.body)
    failed = isinstance(found, dict) and "errorMessage" in found
    if failed or "x-amz-function-error" in answer.headers:
        kind = found.get("errorType") if isinstance(found, dict) else None
        known = isinstance(kind, str) and _TYPE.fullmatch(kind)
        raise StepFailed(f"The endpoint's function raised {kind if known else 'an error'}.")


def _document(body: bytes) -> object:
    """What a function returned is anything, or nothing."""
    try:
        return json.loads(body)
    except ValueError:
        return None
