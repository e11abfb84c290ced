"""Errors as this door tells them: application/problem+json (RFC 9457), with fitting statuses."""

import json
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

from service.errors import ServiceError

# AWS answers nearly everything with 400. REST's clients expect more; what is not here keeps
# the status that the error itself has.
STATUS_OF: Mapping[str, HTTPStatus] = {
    "AccessDeniedException": HTTPStatus.FORBIDDEN,
    "AlreadyExistsException": HTTPStatus.CONFLICT,
    "ConflictException": HTTPStatus.CONFLICT,
    "CloudHsmClusterInUseException": HTTPStatus.CONFLICT,
    "CloudHsmClusterNotFoundException": HTTPStatus.NOT_FOUND,
    "CustomKeyStoreHasCMKsException": HTTPStatus.CONFLICT,
    "CustomKeyStoreInvalidStateException": HTTPStatus.CONFLICT,
    "CustomKeyStoreNameInUseException": HTTPStatus.CONFLICT,
    "CustomKeyStoreNotFoundException": HTTPStatus.NOT_FOUND,
    "DependencyTimeoutException": HTTPStatus.SERVICE_UNAVAILABLE,
    "DisabledException": HTTPStatus.CONFLICT,
    "ExpiredTokenException": HTTPStatus.UNAUTHORIZED,
    "IncompleteSignatureException": HTTPStatus.UNAUTHORIZED,
    "InvalidResourceId": HTTPStatus.NOT_FOUND,
    "InvalidSignatureException": HTTPStatus.UNAUTHORIZED,
    "KeyUnavailableException": HTTPStatus.SERVICE_UNAVAILABLE,
    "KMSInvalidStateException": HTTPStatus.CONFLICT,
    "LimitExceededException": HTTPStatus.CONFLICT,
    "MethodNotAllowedException": HTTPStatus.METHOD_NOT_ALLOWED,
    "MissingAuthenticationTokenException": HTTPStatus.UNAUTHORIZED,
    "NotFoundException": HTTPStatus.NOT_FOUND,
    "ParameterAlreadyExists": HTTPStatus.CONFLICT,
    "ParameterLimitExceeded": HTTPStatus.CONFLICT,
    "ParameterMaxVersionLimitExceeded": HTTPStatus.CONFLICT,
    "ParameterNotFound": HTTPStatus.NOT_FOUND,
    "ParameterVersionLabelLimitExceeded": HTTPStatus.CONFLICT,
    "ParameterVersionNotFound": HTTPStatus.NOT_FOUND,
    "ResourceExistsException": HTTPStatus.CONFLICT,
    "ServiceSettingNotFound": HTTPStatus.NOT_FOUND,
    "ResourceNotFoundException": HTTPStatus.NOT_FOUND,
    "ResourcePolicyConflictException": HTTPStatus.CONFLICT,
    "ResourcePolicyLimitExceededException": HTTPStatus.CONFLICT,
    "ResourcePolicyNotFoundException": HTTPStatus.NOT_FOUND,
    "ThrottlingException": HTTPStatus.TOO_MANY_REQUESTS,
    "TooManyTagsError": HTTPStatus.CONFLICT,
    "TooManyUpdates": HTTPStatus.CONFLICT,
    "UnknownOperationException": HTTPStatus.NOT_FOUND,
    "UnrecognizedClientException": HTTPStatus.UNAUTHORIZED,
    "UnsupportedMediaTypeException": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "XksKeyAlreadyInUseException": HTTPStatus.CONFLICT,
    "XksKeyNotFoundException": HTTPStatus.NOT_FOUND,
    "XksProxyUriEndpointInUseException": HTTPStatus.CONFLICT,
    "XksProxyUriInUseException": HTTPStatus.CONFLICT,
    "XksProxyVpcEndpointServiceInUseException": HTTPStatus.CONFLICT,
}
CHALLENGE = 'Bearer realm="strongroom", AWS4-HMAC-SHA256'
MEDIA_TYPE = "application/problem+json"
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+")


def status_of(error: ServiceError) -> int:
    """The HTTP status that this door tells `error` with."""
    return int(STATUS_OF.get(error.code, error.status))


def problem_of(error: ServiceError, request_id: str) -> dict[str, Any]:
    """The problem's members. `code` is AWS's, as in the record."""
    return {
        "type": f"/api/docs/#{error.code}",
        "title": title_of(error.code),
        "status": status_of(error),
        "detail": error.for_people or f"{title_of(error.code)}.",
        "code": error.code,
        "request_id": request_id,
    }


def answer(error: ServiceError, request_id: str) -> HttpResponse:
    """`error` as a response."""
    problem = problem_of(error, request_id)
    response = HttpResponse(json.dumps(problem), MEDIA_TYPE, status=problem["status"])
    if problem["status"] == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = CHALLENGE
    return response


def known() -> Iterator[tuple[str, str, int]]:
    """The code, meaning and status of every problem that there is, by code."""
    found = {error.code: error for error in _below(ServiceError)}
    for code in sorted({*found, *STATUS_OF}):
        error = found.get(code, ServiceError)
        meaning = error.default_message or error.explanation or f"{title_of(code)}."
        yield code, meaning, int(STATUS_OF.get(code, error.status))


def _below(error: type[ServiceError]) -> Iterator[type[ServiceError]]:
    for each in error.__subclasses__():
        yield from _below(each)
        if "code" in vars(each):
            yield each


def title_of(code: str) -> str:
    """AWS's code as people read it: AccessDeniedException is "Access denied"."""
    first, *rest = _WORD.findall(code.removesuffix("Exception"))
    return " ".join([first, *(word if word.isupper() else word.lower() for word in rest)])
