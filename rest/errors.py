"""What only this door can refuse."""

from service.errors import ServiceError


class NoSuchResource(ServiceError):
    code = "UnknownOperationException"
    default_message = "There is no such resource."


class MethodNotAllowed(ServiceError):
    code = "MethodNotAllowedException"
    default_message = "The resource does not know this method."


class IdempotencyKeyInUse(ServiceError):
    code = "IdempotencyKeyInUse"
    status = 409
    default_message = "A request with this Idempotency-Key was just carried out. Ask again."


class IdempotencyKeyReused(ServiceError):
    code = "IdempotencyKeyReused"
    status = 422
    default_message = "This Idempotency-Key belongs to another request."


class PreconditionFailed(ServiceError):
    code = "PreconditionFailed"
    status = 412
    default_message = "It is no longer as If-Match or If-None-Match say. Nothing was changed."


class UnsupportedMediaType(ServiceError):
    code = "UnsupportedMediaTypeException"
    default_message = "The body must be JSON, with the content type application/json."
