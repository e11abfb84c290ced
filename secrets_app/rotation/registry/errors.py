"""What can be wrong with registered functions; codes and wordings are Lambda's."""

from service.errors import ServiceError


class FunctionNotFound(ServiceError):
    code = "ResourceNotFoundException"
    status = 404


class FunctionExists(ServiceError):
    code = "ResourceConflictException"
    status = 409
