"""What CloudTrail answers when it cannot look events up."""

from service.errors import ServiceError


class InvalidLookupAttributes(ServiceError):
    code = "InvalidLookupAttributesException"


class InvalidTimeRange(ServiceError):
    code = "InvalidTimeRangeException"
    default_message = "The start time must not be after the end time."


class InvalidMaxResults(ServiceError):
    code = "InvalidMaxResultsException"
    default_message = "MaxResults must be between 1 and 50."


class InvalidNextToken(ServiceError):
    code = "InvalidNextTokenException"
    default_message = "The token is not valid for this request."


class InvalidEventCategory(ServiceError):
    code = "InvalidEventCategoryException"
    default_message = "The only event category that can be asked for is insight."
