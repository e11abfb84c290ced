"""Answers as the specification has them: JSON, and errors with its names and statuses."""

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from service.constraints import aws_path
from service.errors import ServiceError

MOST_MESSAGE = 511  # characters, all of them printable ASCII

# by the code of our own error; what is not here is an InternalException
ERRORS: Mapping[str, tuple[int, str]] = {
    **dict.fromkeys(
        (
            "ExpiredTokenException",
            "IncompleteSignatureException",
            "InvalidSignatureException",
            "MissingAuthenticationTokenException",
            "UnrecognizedClientException",
        ),
        (401, "AuthenticationFailedException"),
    ),
    "AccessDeniedException": (403, "AccessDeniedException"),
    "DisabledException": (400, "InvalidStateException"),
    "InvalidCiphertextException": (400, "InvalidCiphertextException"),
    "InvalidKeyUsageException": (400, "InvalidKeyUsageException"),
    "InvalidUriPathException": (404, "InvalidUriPathException"),
    "KMSInvalidStateException": (400, "InvalidStateException"),
    "KeyUnavailableException": (503, "DependencyTimeoutException"),
    "MethodNotAllowedException": (405, "ValidationException"),
    "NotFoundException": (404, "KeyNotFoundException"),
    "RequestEntityTooLargeException": (501, "UnsupportedOperationException"),
    "SerializationException": (400, "ValidationException"),
    "UnsupportedOperationException": (501, "UnsupportedOperationException"),
    "ValidationException": (400, "ValidationException"),
}
INTERNAL = (500, "InternalException")


def success(output: Mapping[str, Any]) -> HttpResponse:
    """`output` is AWS-shaped."""
    return _response(200, _wire(output))


def failure(error: ServiceError) -> HttpResponse:
    status, name = ERRORS.get(error.code, INTERNAL)
    told = {"errorName": name}
    if error.message:
        told["errorMessage"] = _printable(error.message)
    response = _response(status, told)
    if status == 405:
        response["Allow"] = "POST"
    return response


def _response(status: int, told: Any) -> HttpResponse:
    response = HttpResponse(json.dumps(told), "application/json", status=status)
    response["Cache-Control"] = "no-store"
    return response


def _wire(value: Any) -> Any:
    """Members begin with a lower-case letter, bytes are base64."""
    if isinstance(value, Mapping):
        return {aws_path(name): _wire(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_wire(item) for item in value]
    return b64encode(value).decode() if isinstance(value, bytes) else value


def _printable(text: str) -> str:
    kept = (character if " " <= character <= "~" else "?" for character in text[:MOST_MESSAGE])
    return "".join(kept)
