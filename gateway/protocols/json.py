"""awsJson1.1: an X-Amz-Target, a JSON object there, a JSON object back."""

from binascii import b2a_base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from gateway.protocols import from_json
from gateway.protocols.base import Answer, Asked, Protocol
from gateway.protocols.services import targets
from gateway.request import Request
from service.errors import SerializationFailed, ServiceError
from service.model import OperationModel, operation

MEDIA_TYPE = "application/x-amz-json-1.1"
# how a service's errors call their message, where that is not "message"
MESSAGE_MEMBERS = {"secretsmanager": "Message"}


class Json(Protocol):
    def speaks(self, request: Request) -> bool:
        return request.media_type == MEDIA_TYPE

    def addressed(self, request: Request) -> Asked:
        prefix, _, action = request.headers.get("x-amz-target", "").rpartition(".")
        service = targets().get(prefix, "")
        return Asked(service, action, frozenset((service,)) if service else frozenset())

    def params(self, model: OperationModel, request: Request) -> dict[str, Any]:
        try:
            value = orjson.loads(request.body.read() or b"{}")
        except (ValueError, RecursionError):
            raise SerializationFailed("The body is not valid JSON.") from None
        if not isinstance(value, dict):
            raise SerializationFailed("The body must be a JSON object.")
        params: dict[str, Any] = from_json.reader(model.input_shape)(value)
        return params

    def success(self, name: str, output: Mapping[str, Any] | None, request_id: str) -> Answer:
        if output is None:
            output = {} if operation(name).output_shape else None
        body = b"" if output is None else _dumps(output)
        return Answer(200, _headers(request_id), body)

    def failure(self, asked: Asked, error: ServiceError, request_id: str) -> Answer:
        told = {"__type": error.code, **error.members}
        if error.message:
            told[MESSAGE_MEMBERS.get(asked.service, "message")] = error.message
        return Answer(error.status, _headers(request_id), _dumps(told))


def _headers(request_id: str) -> list[tuple[str, str]]:
    return [("x-amzn-RequestId", request_id), ("Content-Type", MEDIA_TYPE)]


def _dumps(value: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(value, default=_default, option=orjson.OPT_PASSTHROUGH_DATETIME)
    except TypeError:  # a lone surrogate, quoted from a request, that UTF-8 cannot say
        clean = {name: str(item).encode(errors="replace").decode() for name, item in value.items()}
        return orjson.dumps(clean)


def _default(value: Any) -> Any:
    """Blobs in base64, timestamps in seconds since 1970 with milliseconds."""
    if isinstance(value, bytes):
        return b2a_base64(value, newline=False).decode()
    if isinstance(value, datetime):
        return round(value.timestamp(), 3)
    raise TypeError(type(value).__name__)
