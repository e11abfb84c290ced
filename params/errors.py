"""Parameter Store's errors, with AWS's codes and wordings."""

from service.errors import ServiceError


class ParameterNotFound(ServiceError):
    """AWS gives no message."""

    code = "ParameterNotFound"
    explanation = "There is no parameter of that name in the account and region."


class ParameterVersionNotFound(ServiceError):
    code = "ParameterVersionNotFound"


class ParameterAlreadyExists(ServiceError):
    code = "ParameterAlreadyExists"
    default_message = (
        "The parameter already exists. To overwrite this value, set the overwrite option in "
        "the request to true."
    )


class ParameterLimitExceeded(ServiceError):
    code = "ParameterLimitExceeded"


class ParameterMaxVersionLimitExceeded(ServiceError):
    code = "ParameterMaxVersionLimitExceeded"


class ParameterVersionLabelLimitExceeded(ServiceError):
    code = "ParameterVersionLabelLimitExceeded"
    default_message = (
        "A parameter version can have maximum 10 labels. Move one or more labels to another "
        "version and try again."
    )


class HierarchyLevelLimitExceeded(ServiceError):
    code = "HierarchyLevelLimitExceededException"


class HierarchyTypeMismatch(ServiceError):
    code = "HierarchyTypeMismatchException"


class InvalidAllowedPattern(ServiceError):
    code = "InvalidAllowedPatternException"


class ParameterPatternMismatch(ServiceError):
    code = "ParameterPatternMismatchException"


class InvalidKeyId(ServiceError):
    code = "InvalidKeyId"


class InvalidPolicyType(ServiceError):
    code = "InvalidPolicyTypeException"


class InvalidPolicyAttribute(ServiceError):
    code = "InvalidPolicyAttributeException"


class IncompatiblePolicy(ServiceError):
    code = "IncompatiblePolicyException"


class PoliciesLimitExceeded(ServiceError):
    code = "PoliciesLimitExceededException"
    default_message = "Number of policies attached to a parameter cannot exceed 10"


class InvalidFilterKey(ServiceError):
    code = "InvalidFilterKey"


class InvalidFilterOption(ServiceError):
    code = "InvalidFilterOption"


class InvalidFilterValue(ServiceError):
    code = "InvalidFilterValue"


class InvalidNextToken(ServiceError):
    code = "InvalidNextToken"
    default_message = "The specified token isn't valid."


class InvalidResourceType(ServiceError):
    """AWS gives no message."""

    code = "InvalidResourceType"
    explanation = "Only parameters have tags here: the resource type is Parameter."


class InvalidResourceId(ServiceError):
    """AWS gives no message."""

    code = "InvalidResourceId"
    explanation = "There is no parameter of that name in the account and region."


class ServiceSettingNotFound(ServiceError):
    code = "ServiceSettingNotFound"
    default_message = (
        "The specified service setting wasn't found. Either the service name or the setting "
        "hasn't been provisioned by the Amazon Web Services service team."
    )


class TooManyTags(ServiceError):
    """AWS gives no message."""

    code = "TooManyTagsError"
    explanation = "A parameter has 50 tags at most."


class TooManyUpdates(ServiceError):
    """Someone else changed the same parameter at the same time; clients try again."""

    code = "TooManyUpdates"
    default_message = (
        "There are concurrent updates for a resource that supports one update at a time."
    )


class InternalServerError(ServiceError):
    code = "InternalServerError"
    status = 500
    default_message = "An error occurred on the server side."
