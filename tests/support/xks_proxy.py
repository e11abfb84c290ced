"""An XKS proxy for tests, as its specification has it, with faults on demand.

It verifies signatures with code of its own and shares nothing with what it tests.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import ssl
import struct
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.support.certificates import Identity

ACCESS_KEY_ID = "ABCDEFGHIJKLMNOPQRST"
SECRET = "w0rldOfTests/+w0rldOfTests/+w0rldOfTests/+1234="
PREFIX = "/acme"
SLOW = 0.6  # seconds
STATUS = {
    "ValidationException": 400,
    "InvalidStateException": 400,
    "InvalidCiphertextException": 400,
    "InvalidKeyUsageException": 400,
    "AuthenticationFailedException": 401,
    "AccessDeniedException": 403,
    "KeyNotFoundException": 404,
    "InvalidUriPathException": 404,
    "ThrottlingException": 429,
    "InternalException": 500,
    "UnsupportedOperationException": 501,
    "DependencyTimeoutException": 503,
}
_HEADER = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([A-Z2-7]{20,30})/(\d{8})/([a-z0-9-]+)/kms-xks-proxy/"
    r"aws4_request, SignedHeaders=host;x-amz-date, Signature=([0-9a-f]{64})"
)


class Refused(Exception):
    """Ends in the error of that name."""


class XksProxy:
    """Runs from `start` to `stop` on one port, which it keeps in between.

    fault    what to do in place of answering: see `_Handler`; or the name of an error
    changes  members of answers that are replaced; None takes one away
    asked    (operation, key id, request) of all that was asked, and signed rightly
    """

    def __init__(self, identity: Identity | None = None) -> None:
        self.identity = identity
        self.keys: dict[str, bytes] = {"key-1": os.urandom(32), "key-2": os.urandom(32)}
        self.credentials = {ACCESS_KEY_ID: SECRET}
        self.fault = ""
        self.changes: dict[str, Any] = {}
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.connections = 0
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"{'https' if self.identity else 'http'}://127.0.0.1:{self.port}"

    @property
    def path(self) -> str:
        return f"{PREFIX}/kms/xks/v1"

    def start(self) -> None:
        proxy = self

        class Handler(_Handler):
            proxy_ = proxy

        self._server = _Server(("127.0.0.1", self.port), Handler)
        self._server.proxy_ = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Nothing listens after this, and no connection is left."""
        self._server.shutdown()
        self._server.server_close()
        self._server.cut()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    proxy_: XksProxy

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._open: set[Any] = set()

    def get_request(self) -> Any:
        connection, address = super().get_request()
        self.proxy_.connections += 1
        self._open.add(connection)
        return connection, address

    def finish_request(self, request: Any, client_address: Any) -> None:
        identity = self.proxy_.identity
        if identity:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(identity.certificate, identity.key)
            request = context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""

    def cut(self) -> None:
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(2)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    proxy_: XksProxy

    def log_message(self, *given: Any) -> None: ...

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fault = getattr(self, "_" + self.proxy_.fault.replace(" ", "_"), None)
        if self.proxy_.fault and fault:
            fault()
            return
        try:
            if self.proxy_.fault:
                raise Refused(self.proxy_.fault)
            answer = self._answer(body)
        except Refused as refused:
            name = str(refused)
            self._send(STATUS.get(name, 400), {"errorName": name, "errorMessage": "So it is."})
            return
        self._send(200, answer)

    # -- what it is there for

    def _answer(self, body: bytes) -> dict[str, Any]:
        self._verify(body)
        path = self.proxy_.path
        if not self.path.startswith(path + "/"):
            raise Refused("InvalidUriPathException")
        given = json.loads(body)
        words = self.path.removeprefix(path + "/").split("/")
        if words == ["health"]:
            self.proxy_.asked.append(("health", "", given))
            return self._changed(_health())
        key_id, operation = words[1], words[2]
        self.proxy_.asked.append((operation, key_id, given))
        if key_id not in self.proxy_.keys:
            raise Refused("KeyNotFoundException")
        work = {"metadata": _metadata, "encrypt": _encrypt, "decrypt": _decrypt}[operation]
        return self._changed(work(self.proxy_.keys[key_id], given))

    def _verify(self, body: bytes) -> None:
        found = _HEADER.fullmatch(self.headers.get("Authorization", ""))
        if not found or found[1] not in self.proxy_.credentials:
            raise Refused("AuthenticationFailedException")
        _, day, region, signature = found.groups()
        stamp, host = self.headers["X-Amz-Date"], self.headers["Host"]
        canonical = (
            f"POST\n{self.path}\n\nhost:{host}\nx-amz-date:{stamp}\n\nhost;x-amz-date\n"
            + hashlib.sha256(body).hexdigest()
        )
        scope = f"{day}/{region}/kms-xks-proxy/aws4_request"
        text = (
            f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        )
        key = b"AWS4" + self.proxy_.credentials[found[1]].encode()
        for part in (*scope.split("/"), text):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        if key.hex() != signature or not stamp.startswith(day):
            raise Refused("AuthenticationFailedException")

    def _changed(self, answer: dict[str, Any]) -> dict[str, Any]:
        changed = {**answer, **self.proxy_.changes}
        return {name: value for name, value in changed.items() if value is not None}

    def _send(self, status: int, answer: dict[str, Any]) -> None:
        self._write(status, json.dumps(answer).encode())

    def _write(self, status: int, body: bytes, length: int | None = None, **more: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    # -- faults

    def _slow(self) -> None:
        time.sleep(SLOW)
        self._send(200, _health())

    def _drip(self) -> None:
        """Comes byte by byte, each of them soon enough."""
        for byte in b"HTTP/1.1 200 OK\r\nX-Nothing: " + bytes(1000):
            self.wfile.write(bytes([byte]))
            time.sleep(0.05)

    def _drip_body(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            self.wfile.write(b" ")
            time.sleep(0.05)

    def _garbage(self) -> None:
        self._write(200, b"\xff\xfe not JSON")

    def _bottomless(self) -> None:
        self._write(200, b"[" * 30_000)

    def _list(self) -> None:
        self._write(200, b"[]")

    def _not_HTTP(self) -> None:  # noqa: N802
        self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        self.close_connection = True

    def _truncated(self) -> None:
        self._write(200, b'{"plaintext": "', length=5000)
        self.close_connection = True

    def _huge(self) -> None:
        self._write(200, b'{"x": "' + b"x" * 1_000_000 + b'"}')

    def _redirect(self) -> None:
        self._write(302, b"{}", Location=f"{self.proxy_.url}/elsewhere")

    def _hang_up(self) -> None:
        self.close_connection = True

    def _hang_up_once(self) -> None:
        self.proxy_.fault = ""
        self.close_connection = True


def _health() -> dict[str, Any]:
    return {
        "xksProxyFleetSize": 1,
        "xksProxyVendor": "Acme",
        "xksProxyModel": "Acme 1.0",
        "ekmVendor": "Acme",
        "ekmFleetDetails": [{"id": "1", "model": "Acme", "healthStatus": "ACTIVE"}],
    }


def _metadata(key: bytes, given: dict[str, Any]) -> dict[str, Any]:
    return {"keySpec": "AES_256", "keyUsage": ["ENCRYPT", "DECRYPT"], "keyStatus": "ENABLED"}


def _encrypt(key: bytes, given: dict[str, Any]) -> dict[str, Any]:
    iv, metadata = os.urandom(12), b"version=1"
    associated = base64.b64decode(given.get("additionalAuthenticatedData", ""))
    plaintext = base64.b64decode(given["plaintext"])
    made = AESGCM(key).encrypt(iv, plaintext, _bound(associated, metadata))
    ciphertext, tag = made[:-16], made[-16:]
    answer = {
        "ciphertext": ciphertext,
        "initializationVector": iv,
        "authenticationTag": tag,
        "ciphertextMetadata": metadata,
    }
    if given.get("ciphertextDataIntegrityValueAlgorithm") == "SHA_256":
        parts = associated + metadata + iv + ciphertext + tag
        answer["ciphertextDataIntegrityValue"] = hashlib.sha256(parts).digest()
    return {name: base64.b64encode(value).decode() for name, value in answer.items()}


def _decrypt(key: bytes, given: dict[str, Any]) -> dict[str, Any]:
    names = ("ciphertext", "authenticationTag", "initializationVector", "ciphertextMetadata")
    ciphertext, tag, iv, metadata = (base64.b64decode(given.get(name, "")) for name in names)
    associated = base64.b64decode(given.get("additionalAuthenticatedData", ""))
    try:
        plaintext = AESGCM(key).decrypt(iv, ciphertext + tag, _bound(associated, metadata))
    except InvalidTag:
        raise Refused("InvalidCiphertextException") from None
    return {"plaintext": base64.b64encode(plaintext).decode()}


def _bound(associated: bytes, metadata: bytes) -> bytes:
    return (
        struct.pack(">H", len(associated))
        + associated
        + struct.pack(">B", len(metadata))
        + metadata
    )
