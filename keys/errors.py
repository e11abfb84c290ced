"""KMS's errors, with AWS's codes and wordings."""

from service.errors import ServiceError


class NotFound(ServiceError):
    code = "NotFoundException"


class AlreadyExists(ServiceError):
    code = "AlreadyExistsException"


class InvalidAliasName(ServiceError):
    code = "InvalidAliasNameException"


class NotAuthorized(ServiceError):
    """Aliases that begin with alias/aws/ are AWS's; AWS says no more than the code."""

    code = "NotAuthorizedException"
    explanation = "Aliases that begin with alias/aws/ are made by AWS alone."


class LimitExceeded(ServiceError):
    code = "LimitExceededException"


class TagInvalid(ServiceError):
    code = "TagException"
    explanation = "A tag is not valid."


class InvalidMarker(ServiceError):
    code = "InvalidMarkerException"
    default_message = "The marker is not valid."


class Disabled(ServiceError):
    code = "DisabledException"


class InvalidState(ServiceError):
    code = "KMSInvalidStateException"


class InvalidKeyUsage(ServiceError):
    code = "InvalidKeyUsageException"


class InvalidCiphertextGiven(ServiceError):
    """Not a ciphertext, altered, or another encryption context. AWS gives no message."""

    code = "InvalidCiphertextException"
    explanation = (
        "This is no ciphertext of this service, or it was altered, or it was made with another "
        "encryption context."
    )


class IncorrectKey(ServiceError):
    code = "IncorrectKeyException"
    default_message = (
        "The key ID in the request does not identify a CMK that can perform this operation."
    )


class UnsupportedOperation(ServiceError):
    code = "UnsupportedOperationException"


class CustomKeyStoreNotFound(ServiceError):
    code = "CustomKeyStoreNotFoundException"


class CustomKeyStoreNameInUse(ServiceError):
    code = "CustomKeyStoreNameInUseException"


class CustomKeyStoreHasKeys(ServiceError):
    code = "CustomKeyStoreHasCMKsException"


class CustomKeyStoreInvalidState(ServiceError):
    """The store's ConnectionState does not allow it."""

    code = "CustomKeyStoreInvalidStateException"


class StoreUnreachable(ServiceError):
    """The store is connected, and what is behind it does not answer."""

    code = "KMSInternalException"
    status = 500
    default_message = "The custom key store cannot be reached at the moment. Try again."


class ClusterNotFound(ServiceError):
    """The settings know no token for the cluster's id."""

    code = "CloudHsmClusterNotFoundException"


class ClusterInUse(ServiceError):
    code = "CloudHsmClusterInUseException"


class ClusterNotRelated(ServiceError):
    code = "CloudHsmClusterNotRelatedException"


class ClusterMisconfigured(ServiceError):
    """The cluster's settings do not lead to a token that can hold keys."""

    code = "CloudHsmClusterInvalidConfigurationException"


class IncorrectTrustAnchor(ServiceError):
    code = "IncorrectTrustAnchorException"


class DryRunSucceeded(ServiceError):
    code = "DryRunOperationException"
    default_message = "The request would have succeeded, but the DryRun option is set."


class ChangedMeanwhile(ServiceError):
    """Someone else changed the same thing at the same time; clients try again."""

    code = "KMSInternalException"
    status = 500
    default_message = "The request conflicted with another one. Try again."


class InvalidGrantToken(ServiceError):
    code = "InvalidGrantTokenException"
    default_message = "Grant token is not valid."


class InvalidArn(ServiceError):
    code = "InvalidArnException"


class InvalidSignatureGiven(ServiceError):
    """The signature is not the key's over this message. AWS gives no message."""

    code = "KMSInvalidSignatureException"
    explanation = "The signature is not that of this key over this message with this algorithm."


class InvalidMacGiven(ServiceError):
    """The MAC is not the key's over this message. AWS gives no message."""

    code = "KMSInvalidMacException"
    explanation = "The MAC is not that of this key over this message with this algorithm."


class IncorrectKeyMaterial(ServiceError):
    code = "IncorrectKeyMaterialException"


class ExpiredImportToken(ServiceError):
    code = "ExpiredImportTokenException"


class InvalidImportToken(ServiceError):
    code = "InvalidImportTokenException"


class Conflict(ServiceError):
    code = "ConflictException"


class XksProxyUriInUse(ServiceError):
    code = "XksProxyUriInUseException"


class XksProxyUriEndpointInUse(ServiceError):
    code = "XksProxyUriEndpointInUseException"


class XksProxyUriUnreachable(ServiceError):
    code = "XksProxyUriUnreachableException"


class XksProxyIncorrectCredential(ServiceError):
    code = "XksProxyIncorrectAuthenticationCredentialException"


class XksProxyInvalidResponse(ServiceError):
    code = "XksProxyInvalidResponseException"


class XksProxyInvalidConfiguration(ServiceError):
    code = "XksProxyInvalidConfigurationException"


class XksProxyVpcServiceInUse(ServiceError):
    code = "XksProxyVpcEndpointServiceInUseException"


class XksKeyNotFound(ServiceError):
    code = "XksKeyNotFoundException"


class XksKeyAlreadyInUse(ServiceError):
    code = "XksKeyAlreadyInUseException"


class XksKeyInvalidConfiguration(ServiceError):
    code = "XksKeyInvalidConfigurationException"
