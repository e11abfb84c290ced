"""What can be wrong with requests to proxies, beyond what the key service says."""

from service.errors import ServiceError


class InvalidUriPath(ServiceError):
    code = "InvalidUriPathException"
    status = 404
    default_message = "There is nothing at this path, or not for this credential."


class MethodNotAllowed(ServiceError):
    code = "MethodNotAllowedException"
    status = 405
    default_message = "Every request to a proxy is a POST."
