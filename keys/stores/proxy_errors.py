"""What KMS answers when the proxy of an external key store fails, by what was being done.

After the table in the specification of the proxy API ("Error codes"), with its texts.
https://github.com/aws/aws-kms-xksproxy-api-spec
"""

from collections.abc import Mapping

from crypto.errors import MaterialUnavailable, XksFault
from keys.errors import (
    CustomKeyStoreInvalidState,
    InvalidState,
    XksKeyInvalidConfiguration,
    XksKeyNotFound,
    XksProxyIncorrectCredential,
    XksProxyInvalidConfiguration,
    XksProxyInvalidResponse,
    XksProxyUriUnreachable,
)
from service.errors import ServiceError

_NO_SENSE = (
    "AWS KMS cannot interpret the response from the external key store proxy. If you see this "
    "error repeatedly, report it to your external key store proxy administrator."
)
TEXTS: Mapping[str, str] = {
    XksFault.INVALID_RESPONSE: _NO_SENSE,
    "ValidationException": _NO_SENSE,
    XksFault.UNREACHABLE: (
        "AWS KMS cannot communicate with the external key store proxy. This might be a transient "
        "network issue. If you see this error repeatedly, verify that your external key store "
        "proxy is active and is connected to the network, and that its endpoint URI is correct in "
        "your external key store."
    ),
    XksFault.INSECURE: (
        "AWS KMS cannot establish a TLS connection to the external key store proxy. Verify the "
        "TLS configuration, including its certificate."
    ),
    XksFault.TIMED_OUT: (
        "AWS KMS rejected the request because the external key store proxy did not respond in "
        "time. Retry the request. If you see this error repeatedly, report it to your external "
        "key store proxy administrator."
    ),
    XksFault.INVALID_PLAINTEXT: (
        "The ciphertext that the external key store proxy submitted for decryption, or the "
        "encryption context, is corrupted, missing, or otherwise invalid."
    ),
    "InvalidStateException": (
        "The external key associated with this KMS key in an external key store is not enabled "
        "in the external key manager. Enable the external key in the external key manager and "
        "retry the request."
    ),
    "InvalidCiphertextException": (
        "The external key store proxy rejected the request because the specified ciphertext or "
        "encryption context is corrupted, missing, or otherwise invalid."
    ),
    "InvalidKeyUsageException": (
        "The external key associated with this KMS key in an external key store does not support "
        "the requested operation. Enable the operation on the key in your external key manager, "
        "and try the request again."
    ),
    "AuthenticationFailedException": (
        "The external key store proxy rejected the request because it could not authenticate AWS "
        "KMS. Verify the XKS proxy authentication credentials for your external key store and "
        "update if necessary."
    ),
    "AccessDeniedException": (
        "The external key store proxy denied access to the operation. Verify that the user and "
        "the external key are both authorized for this operation, and try the request again."
    ),
    "KeyNotFoundException": (
        "The external key associated with this KMS key in an external key store was not found in "
        "its external key manager. If the external key ID associated with this KMS key is "
        "incorrect, create a new KMS key with the correct external key ID."
    ),
    "InvalidUriPathException": (
        "The external key store proxy rejected the request because of an invalid URI path. Verify "
        "the URI path for your external key store and update if necessary."
    ),
    "UnsupportedOperationException": (
        "The external key store proxy rejected the request because it does not support the "
        "requested operation. If you see this error repeatedly, report it to your external key "
        "store proxy administrator."
    ),
    "DependencyTimeoutException": (
        "The external key store proxy did not respond to the request in the time allotted. Retry "
        "the request. If you see this error repeatedly, report it to your external key store "
        "proxy administrator."
    ),
    "ThrottlingException": (
        "The external key store proxy rejected the request due to a very high request rate. "
        "Reduce the frequency of your calls using KMS keys in this external key store."
    ),
    "InternalException": (
        "The external key store proxy rejected the request because it cannot communicate with "
        "the external key manager. Verify that the external key store proxy configuration is "
        "correct and that the external key manager is available."
    ),
}
ALL_UNAVAILABLE = (
    "The external key store proxy reports that all external key manager instances are unavailable."
)

# Create- and UpdateCustomKeyStore; what is not here is an XksProxyInvalidResponse
_OF_STORES: Mapping[str, type[ServiceError]] = {
    "AuthenticationFailedException": XksProxyIncorrectCredential,
    "DependencyTimeoutException": XksProxyUriUnreachable,
    "InvalidUriPathException": XksProxyInvalidConfiguration,
    "ThrottlingException": XksProxyUriUnreachable,
    XksFault.INSECURE: XksProxyUriUnreachable,
    XksFault.TIMED_OUT: XksProxyUriUnreachable,
    XksFault.UNREACHABLE: XksProxyUriUnreachable,
}
# CreateKey; what is not here is a CustomKeyStoreInvalidState
_OF_NEW_KEYS: Mapping[str, type[ServiceError]] = {
    "AccessDeniedException": InvalidState,
    "InvalidKeyUsageException": XksKeyInvalidConfiguration,
    "InvalidStateException": XksKeyInvalidConfiguration,
    "KeyNotFoundException": XksKeyNotFound,
}
# ConnectionErrorCode; what is not here is XKS_PROXY_INVALID_RESPONSE
_OF_CONNECTIONS: Mapping[str, str] = {
    "AccessDeniedException": "XKS_PROXY_ACCESS_DENIED",
    "AuthenticationFailedException": "INVALID_CREDENTIALS",
    "DependencyTimeoutException": "XKS_PROXY_TIMED_OUT",
    "InvalidUriPathException": "XKS_PROXY_INVALID_CONFIGURATION",
    "ThrottlingException": "XKS_PROXY_NOT_REACHABLE",
    XksFault.INSECURE: "XKS_PROXY_INVALID_TLS_CONFIGURATION",
    XksFault.TIMED_OUT: "XKS_PROXY_TIMED_OUT",
    XksFault.UNREACHABLE: "XKS_PROXY_NOT_REACHABLE",
}


def of_store(error: MaterialUnavailable) -> ServiceError:
    return _OF_STORES.get(error.reason, XksProxyInvalidResponse)(TEXTS[error.reason])


def of_new_key(error: MaterialUnavailable) -> ServiceError:
    return _OF_NEW_KEYS.get(error.reason, CustomKeyStoreInvalidState)(TEXTS[error.reason])


def of_use(error: MaterialUnavailable) -> ServiceError:
    return InvalidState(TEXTS[error.reason])


def of_connection(error: MaterialUnavailable) -> str:
    return _OF_CONNECTIONS.get(error.reason, "XKS_PROXY_INVALID_RESPONSE")
