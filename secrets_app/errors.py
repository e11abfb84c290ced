"""Secrets Manager's errors, with AWS's codes and wordings."""

from service.errors import ServiceError


class ResourceNotFound(ServiceError):
    code = "ResourceNotFoundException"
    default_message = "Secrets Manager can't find the specified secret."


class ResourceExists(ServiceError):
    code = "ResourceExistsException"


class InvalidParameter(ServiceError):
    code = "InvalidParameterException"


class InvalidRequest(ServiceError):
    code = "InvalidRequestException"


class LimitExceeded(ServiceError):
    code = "LimitExceededException"


class InvalidNextToken(ServiceError):
    code = "InvalidNextTokenException"
    default_message = "The NextToken value is invalid."


class PublicPolicy(ServiceError):
    code = "PublicPolicyException"
    default_message = (
        "You can't attach a resource policy that allows broad access to the secret. Name "
        "principals or add conditions that narrow it down, or turn BlockPublicPolicy off."
    )


class EncryptionFailure(ServiceError):
    code = "EncryptionFailure"
    default_message = (
        "Secrets Manager can't encrypt the protected secret text using the provided KMS key. "
        "Check that the KMS key is available, enabled, and not in an invalid state."
    )


class DecryptionFailure(ServiceError):
    code = "DecryptionFailure"
    default_message = (
        "Secrets Manager can't decrypt the protected secret text using the provided KMS key."
    )


class InternalServiceError(ServiceError):
    code = "InternalServiceError"
    status = 500
    default_message = "An error occurred on the server side."


def marked_for_deletion() -> InvalidRequest:
    return InvalidRequest(
        "You can't perform this operation on the secret because it was marked for deletion."
    )


def of_replica() -> InvalidParameter:
    return InvalidParameter(
        "Operation not permitted on a replica secret. Call must be made in primary secret's region."
    )
