"""Requests in no protocol that this door knows."""

from collections.abc import Mapping
from typing import Any

from gateway.protocols.base import Answer, Asked, Protocol
from gateway.request import Request
from service.errors import ServiceError, UnknownOperation
from service.model import OperationModel

NOWHERE = Asked("", "", frozenset())


class UnknownProtocol(Protocol):
    """Answers as AWS does to a wrong content type: 404, and the bare name of the error."""

    def speaks(self, request: Request) -> bool:
        return True

    def addressed(self, request: Request) -> Asked:
        return NOWHERE

    def params(self, model: OperationModel, request: Request) -> dict[str, Any]:
        raise UnknownOperation

    def success(self, name: str, output: Mapping[str, Any] | None, request_id: str) -> Answer:
        raise UnknownOperation

    def failure(self, asked: Asked, error: ServiceError, request_id: str) -> Answer:
        status = 404 if isinstance(error, UnknownOperation) else error.status
        headers = [("x-amzn-RequestId", request_id), ("Content-Type", "application/xml")]
        return Answer(status, headers, f"<{error.code}/>\n".encode())
