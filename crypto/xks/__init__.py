"""The client of an XKS proxy: whoever holds the keys of an external key store.

The AWS KMS External Key Store Proxy API, version 1
(https://github.com/aws/aws-kms-xksproxy-api-spec): JSON over HTTPS, each request signed with
the store's credential, each answer held against the specification before it is believed.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from crypto.errors import XksInvalidResponse, XksRefused
from crypto.provider import Request
from crypto.xks import answers
from crypto.xks.answers import Encrypted, Health, KeyMetadata
from crypto.xks.transport import SECONDS, Transport

__all__ = ["Client", "Encrypted", "Health", "KeyMetadata", "Proxy"]

SERVICE = "kms-xks-proxy"
ALGORITHM, INTEGRITY = "AES_GCM", "SHA_256"

# the errors of the specification
ERRORS = frozenset(
    {
        "AccessDeniedException",
        "AuthenticationFailedException",
        "DependencyTimeoutException",
        "InternalException",
        "InvalidCiphertextException",
        "InvalidKeyUsageException",
        "InvalidStateException",
        "InvalidUriPathException",
        "KeyNotFoundException",
        "ThrottlingException",
        "UnsupportedOperationException",
        "ValidationException",
    }
)


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where a proxy is, and what it knows us by.

    url     "https://HOST[:PORT]"; plain HTTP on loopback only, unless `allow_http`
    path    "[/PREFIX]/kms/xks/v1"
    region  the one that the store is in
    ca_bundle  certificates (PEM) of the authorities that count; empty: the system's
    """

    url: str
    path: str
    access_key_id: str
    region: str
    secret: str = field(repr=False)
    ca_bundle: str = ""
    allow_http: bool = False


class Client:
    """Asks one proxy. Each call may raise any `crypto.errors.XksError`; threads may share it."""

    def __init__(self, proxy: Proxy, seconds: float = SECONDS) -> None:
        """Raise XksInsecure if the proxy's URL is. `seconds`: for a call in all."""
        self._proxy = proxy
        self._transport = Transport(
            proxy.url, proxy.ca_bundle, allow_http=proxy.allow_http, seconds=seconds
        )
        credentials = Credentials(proxy.access_key_id, proxy.secret)
        self._signer = SigV4Auth(credentials, SERVICE, proxy.region)

    def health(self, request: Request) -> Health:
        about = {"kmsRequestId": request.id, "kmsOperation": request.operation}
        return answers.health(self._ask("health", {"requestMetadata": about}))

    def metadata(self, key_id: str, request: Request, key_arn: str = "") -> KeyMetadata:
        """Of the proxy's key. `key_arn`: the KMS key's, which is not there before it is made."""
        answer = self._ask(f"keys/{key_id}/metadata", _about(request, key_arn))
        return answers.key_metadata(answer)

    def encrypt(
        self, key_id: str, plaintext: bytes, associated: bytes, request: Request, key_arn: str
    ) -> Encrypted:
        """`plaintext` has at most 4,300 bytes, `associated` at most 8,192."""
        asked = {
            **_about(request, key_arn),
            "plaintext": _encoded(plaintext),
            "additionalAuthenticatedData": _encoded(associated),
            "encryptionAlgorithm": ALGORITHM,
            "ciphertextDataIntegrityValueAlgorithm": INTEGRITY,
        }
        answer = self._ask(f"keys/{key_id}/encrypt", asked)
        return answers.encrypted(answer, associated, len(plaintext))

    def decrypt(
        self, key_id: str, encrypted: Encrypted, associated: bytes, request: Request, key_arn: str
    ) -> bytes:
        asked = {
            **_about(request, key_arn),
            "ciphertext": _encoded(encrypted.ciphertext),
            "initializationVector": _encoded(encrypted.iv),
            "authenticationTag": _encoded(encrypted.tag),
            "additionalAuthenticatedData": _encoded(associated),
            "encryptionAlgorithm": ALGORITHM,
        }
        if encrypted.metadata:
            asked["ciphertextMetadata"] = _encoded(encrypted.metadata)
        answer = self._ask(f"keys/{key_id}/decrypt", asked)
        return answers.plaintext(answer, len(encrypted.ciphertext))

    def _ask(self, path: str, asked: Mapping[str, object]) -> Mapping[str, object]:
        path, body = f"{self._proxy.path}/{path}", json.dumps(asked).encode()
        status, answer, _ = self._transport.post(path, self._headers(path, body), body)
        if 300 <= status < 400:
            raise XksInvalidResponse("The proxy answered with a redirect.")
        found = answers.document(answer)
        if status == 200:
            return found
        name = found.get("errorName")
        if name in ERRORS:
            raise XksRefused(str(name))
        raise XksInvalidResponse("The proxy answered with an error that is not known.")

    def _headers(self, path: str, body: bytes) -> dict[str, str]:
        """As KMS does, signed are the host and the date only, beside the body."""
        host = {"Host": self._transport.host}
        request = AWSRequest("POST", self._transport.url + path, headers=host, data=body)
        self._signer.add_auth(request)
        return {**request.headers, "Content-Type": "application/json"}


def _about(request: Request, key_arn: str) -> dict[str, object]:
    found = {
        "awsPrincipalArn": request.principal,
        "kmsOperation": request.operation,
        "kmsRequestId": request.id,
        "kmsKeyArn": key_arn,
        "kmsViaService": request.via,
    }
    return {"requestMetadata": {name: value for name, value in found.items() if value}}


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()
