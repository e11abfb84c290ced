"""What CloudTrail answers when it cannot look events up."""

from service.errors import ServiceError


class InvalidLookupAttributes(ServiceError):
    code = "InvalidLookupAttributesException"


class InvalidTimeRange(ServiceError):
    code = "InvalidTimeRangeException"
    default_message = "The start time must not be after the end time."


class InvalidNextToken(ServiceError):
    code = "InvalidNextTokenException"
    default_message = "The token is not valid for this request."
