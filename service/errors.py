"""Domain errors. Each owns its AWS code; every door translates it once.

`code` is what the JSON services of AWS answer, `query_code` what the query services (STS,
IAM) answer for the same thing. The trail records the one that the client was told.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar


class ServiceError(Exception):
    """A call that ends in an answer other than success. `message` may be empty, as AWS's may.

    `explanation` is for people, where AWS gives no message. `members` is what AWS's error has
    beside its message, by AWS's names.
    """

    code: ClassVar[str]
    query_code: ClassVar[str]
    status: ClassVar[int] = 400
    default_message: ClassVar[str] = ""
    explanation: ClassVar[str] = ""
    members: Mapping[str, object] = MappingProxyType({})

    def __init_subclass__(cls) -> None:
        if "code" in cls.__dict__ and "query_code" not in cls.__dict__:
            cls.query_code = cls.code.removesuffix("Exception")

    def __init__(self, message: str | None = None) -> None:
        self.message = self.default_message if message is None else message
        super().__init__(self.message)

    @property
    def for_people(self) -> str:
        """What REST and the console say, which people read."""
        return self.message or self.explanation


class AccessDenied(ServiceError):
    code = "AccessDeniedException"
    query_code = "AccessDenied"


class ValidationFailed(ServiceError):
    """A constraint of the operation's model does not hold."""

    code = "ValidationException"
    query_code = "ValidationError"


class SerializationFailed(ServiceError):
    """The body could not be read as the protocol says."""

    code = "SerializationException"
    query_code = "MalformedInput"


class UnknownOperation(ServiceError):
    code = "UnknownOperationException"
    query_code = "InvalidAction"
    explanation = "This service has no operation of that name."


class RequestTooLarge(ServiceError):
    code = "RequestEntityTooLargeException"
    query_code = "RequestEntityTooLarge"
    status = 413
    default_message = "The request body is larger than this service accepts."


class InternalFailure(ServiceError):
    """Something here went wrong; the caller learns no more than that."""

    code = "InternalFailure"
    query_code = "InternalFailure"
    status = 500
    default_message = "An internal error occurred. The request was not carried out."


class Unavailable(ServiceError):
    """The call could not be recorded, or a store could not be reached; it may be tried again."""

    code = "ServiceUnavailableException"
    query_code = "ServiceUnavailable"
    status = 503
    default_message = "The service cannot answer at the moment. Try again."
