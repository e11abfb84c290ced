"""An XKS proxy as KMS asks it: through Django, signed by botocore."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botocore.credentials import Credentials
from django.http import HttpResponse
from django.test import Client

from tests.support.signing import HOST, signed_headers

METADATA = {
    "awsPrincipalArn": "arn:aws:iam::111122223333:user/Alice",
    "kmsKeyArn": "arn:aws:kms:us-east-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "kmsOperation": "Encrypt",
    "kmsRequestId": "4112f4d6-db54-4af4-ae30-c55a22a8dfae",
    "kmsViaService": "ebs",
}


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def unb64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


class Kms:
    """Another KMS, in us-east-2, for which keys are held here. `path`: of the proxy."""

    def __init__(self, path: str, credentials: Credentials | None) -> None:
        self.path, self.credentials = path, credentials

    def health(self) -> HttpResponse:
        about = {"kmsRequestId": "4112f4d6", "kmsOperation": "ConnectCustomKeyStore"}
        return self.ask("health", {"requestMetadata": about})

    def metadata(self, key: str, **changed: Any) -> HttpResponse:
        return self.ask(f"keys/{key}/metadata", {"requestMetadata": METADATA, **changed})

    def encrypt(self, key: str, plaintext: bytes = b"a secret", /, **changed: Any) -> HttpResponse:
        asked = {
            "requestMetadata": METADATA,
            "plaintext": b64(plaintext),
            "encryptionAlgorithm": "AES_GCM",
            "additionalAuthenticatedData": b64(b"project=nile"),
            "ciphertextDataIntegrityValueAlgorithm": "SHA_256",
        }
        return self.ask(f"keys/{key}/encrypt", _without_none(asked | changed))

    def decrypt(self, key: str, made: Mapping[str, str], **changed: Any) -> HttpResponse:
        asked = {
            "requestMetadata": {**METADATA, "kmsOperation": "Decrypt"},
            "encryptionAlgorithm": "AES_GCM",
            "additionalAuthenticatedData": b64(b"project=nile"),
            **{name: value for name, value in made.items() if "Integrity" not in name},
        }
        return self.ask(f"keys/{key}/decrypt", _without_none(asked | changed))

    def ask(
        self,
        path: str,
        body: Any,
        *,
        url: str = "",
        method: str = "POST",
        service: str = "kms-xks-proxy",
        region: str = "us-east-2",
        at: datetime | None = None,
        **environ: Any,
    ) -> HttpResponse:
        """`body` is bytes as they are, or what becomes JSON; `environ` overrules all."""
        url = url or f"{self.path}/{path}"
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"Content-Type": "application/json"}
        if self.credentials is not None:
            full = f"http://{HOST}{url}"
            given = signed_headers(
                self.credentials, service, region, raw, given, method=method, url=full, at=at
            )
        more: dict[str, Any] = {
            f"HTTP_{name.upper().replace('-', '_')}": text for name, text in given.items()
        }
        more |= {"CONTENT_LENGTH": str(len(raw)), "CONTENT_TYPE": "application/json", **environ}
        response: Any = Client(raise_request_exception=False).generic(
            method, url, raw, "application/json", **more
        )
        return response


def _without_none(asked: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value is not None}


def error(response: HttpResponse) -> tuple[int, str]:
    """The status and the errorName of a refusal, which has the form of the specification."""
    told = json.loads(response.content)
    assert set(told) <= {"errorName", "errorMessage"}
    message = told.get("errorMessage", "")
    assert len(message) < 512
    assert all(" " <= character <= "~" for character in message)
    return response.status_code, told["errorName"]
