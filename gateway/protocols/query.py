"""The query protocol of STS and IAM: a form there, XML back."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from gateway.protocols import form, xml
from gateway.protocols.base import Answer, Asked, Protocol
from gateway.protocols.services import QUERY_SERVICES, namespaces, versions
from gateway.request import Request
from service.errors import SerializationFailed, ServiceError
from service.model import OperationModel, operation

MEDIA_TYPE = "application/x-www-form-urlencoded"
MOST_FIELDS = 2000
FORBIDDEN = frozenset(
    (
        "AccessDenied",
        "ExpiredToken",
        "InvalidClientTokenId",
        "MissingAuthenticationToken",
        "SignatureDoesNotMatch",
    )
)


class Query(Protocol):
    """The services share one form; which one is meant is told by the signature's scope."""

    query_codes = True

    def speaks(self, request: Request) -> bool:
        return request.media_type == MEDIA_TYPE

    def addressed(self, request: Request) -> Asked:
        return Asked(_scoped_service(request), "", frozenset(QUERY_SERVICES))

    def asked(self, request: Request, addressed: Asked) -> Asked:
        try:
            fields = _fields(request)
        except ServiceError:
            fields = {}
        service, action = addressed.service, fields.get("Action", "")
        known = versions().get(service, "")
        version = fields.get("Version", known)
        unknown = f"Could not find operation {action} for version {version}"
        if version != known:
            action = ""  # of another version of the API nothing is known
        return Asked(service, action, addressed.services, unknown)

    def params(self, model: OperationModel, request: Request) -> dict[str, Any]:
        return form.read(model.input_shape, _fields(request))

    def success(self, name: str, output: Mapping[str, Any] | None, request_id: str) -> Answer:
        service, _, action = name.partition(":")
        shape = operation(name).output_shape
        body = xml.response(action, shape, output or {}, namespaces()[service], request_id)
        return Answer(200, _headers(request_id), body)

    def failure(self, asked: Asked, error: ServiceError, request_id: str) -> Answer:
        namespace = namespaces()[asked.service or QUERY_SERVICES[0]]
        status = 403 if error.query_code in FORBIDDEN else error.status
        body = xml.error(error, status, namespace, request_id)
        return Answer(status, _headers(request_id), body)


def _headers(request_id: str) -> list[tuple[str, str]]:
    return [("x-amzn-RequestId", request_id), ("Content-Type", "text/xml")]


def _scoped_service(request: Request) -> str:
    credential = request.headers.get("authorization", "").partition("Credential=")[2]
    scope = credential.partition(",")[0].split("/")
    return scope[3] if len(scope) == 5 and scope[3] in QUERY_SERVICES else ""


def _fields(request: Request) -> dict[str, str]:
    """Raises SerializationFailed, RequestTooLarge."""
    try:
        pairs = parse_qsl(
            request.body.read().decode(),
            keep_blank_values=True,
            max_num_fields=MOST_FIELDS,
            errors="strict",
        )
    except ValueError:
        raise SerializationFailed("The body is not a valid form.") from None
    return dict(pairs)
