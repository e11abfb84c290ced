"""What can be wrong with who calls, and with a policy."""

from service.errors import ServiceError


class MissingAuthenticationToken(ServiceError):
    """The request is not signed at all."""

    code = "MissingAuthenticationTokenException"
    default_message = "Missing Authentication Token"


class IncompleteSignature(ServiceError):
    """The signature lacks a part, or one cannot be read."""

    code = "IncompleteSignatureException"


class InvalidSignature(ServiceError):
    """The signature is not of this request, not of this time, or not of this place."""

    code = "InvalidSignatureException"
    query_code = "SignatureDoesNotMatch"
    default_message = (
        "The request signature we calculated does not match the signature you provided. Check "
        "your AWS Secret Access Key and signing method. Consult the service documentation for "
        "details."
    )


class UnrecognizedClient(ServiceError):
    """There is no such access key or token, or it is inactive."""

    code = "UnrecognizedClientException"
    query_code = "InvalidClientTokenId"
    default_message = "The security token included in the request is invalid."


class ExpiredToken(ServiceError):
    """The session or token was valid once."""

    code = "ExpiredTokenException"
    default_message = "The security token included in the request is expired"


class PackedPolicyTooLarge(ServiceError):
    """A session's policies and tags, packed, are larger than a session token may hold."""

    code = "PackedPolicyTooLargeException"


class InvalidParameterValue(ServiceError):
    """The tags of a session contradict each other, or those that it inherits."""

    code = "InvalidParameterValueException"


class MalformedPolicyDocument(ServiceError):
    """The text is not a policy; the message says why."""

    code = "MalformedPolicyDocumentException"
    query_code = "MalformedPolicyDocument"


class NoSuchEntity(ServiceError):
    """There is no user, group, role, policy, access key or password of that name."""

    code = "NoSuchEntityException"
    status = 404


class EntityAlreadyExists(ServiceError):
    """There is another of that name; names that differ in case only are one name."""

    code = "EntityAlreadyExistsException"
    status = 409


class UnmodifiableEntity(ServiceError):
    """The role belongs to a service, which alone changes it."""

    code = "UnmodifiableEntityException"

    @classmethod
    def of(cls, role: str) -> "UnmodifiableEntity":
        return cls(
            f"Cannot perform the operation on the protected role '{role}' - this role is only "
            "modifiable by AWS"
        )


class DeleteConflict(ServiceError):
    """Something still belongs to what is to be deleted; the message says what to do first."""

    code = "DeleteConflictException"
    status = 409


class LimitExceeded(ServiceError):
    """There would be more, or something would be larger, than AWS's quota lets be."""

    code = "LimitExceededException"
    status = 409

    @classmethod
    def of(cls, quota: str, most: int) -> "LimitExceeded":
        return cls(f"Cannot exceed quota for {quota}: {most}")


class InvalidInput(ServiceError):
    """A value fits the model, and still makes no sense."""

    code = "InvalidInputException"
