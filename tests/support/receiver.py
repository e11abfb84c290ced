"""A receiver of webhooks for tests: it verifies, and has faults on demand.

It shares no code with what it tests.
"""

import base64
import hashlib
import hmac
import json
import ssl
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.certificates import Identity

SECRET = "whsec_" + base64.b64encode(b"a secret that tests sign with!").decode()
OTHER_SECRET = "whsec_" + base64.b64encode(b"another secret of other tests.").decode()
SLOW = 30.0  # seconds; ends with the receiver


class Receiver:
    """Listens from the beginning to `stop`.

    status  what it answers; or "slow", "garbage", "endless", "dripping", "redirect"
    secret  what a post has to be signed with to be taken
    posts   (headers, event) of each post that was signed rightly, in order
    """

    def __init__(self, identity: Identity | None = None) -> None:
        self.status: int | str = 204
        self.secret = SECRET
        self.posts: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.asked = 0
        self.ending = threading.Event()
        receiver = self

        class Handler(_Handler):
            receiver_ = receiver

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if identity:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(identity.certificate, identity.key)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        scheme = "https" if identity else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}/hooks?team=a"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for _, event in self.posts]

    def ids(self) -> list[str]:
        return [event["id"] for event in self.events]

    def verifies(self, headers: dict[str, str], body: bytes) -> bool:
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        fresh = abs(time.time() - int(headers["webhook-timestamp"])) < 60
        return fresh and f"v1,{wanted}" in headers["webhook-signature"].split(" ")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    receiver_: Receiver

    def log_message(self, *given: Any) -> None: ...

    def do_POST(self) -> None:
        receiver = self.receiver_
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        receiver.asked += 1
        if self.path != "/hooks?team=a" or not receiver.verifies(headers, body):
            self._answer(401)
            return
        receiver.posts.append((headers, json.loads(body)))
        if isinstance(receiver.status, int):
            self._answer(receiver.status)
        else:
            getattr(self, f"_{receiver.status}")()

    def _answer(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    # -- faults

    def _slow(self) -> None:
        self.receiver_.ending.wait(SLOW)

    def _garbage(self) -> None:
        self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        self.close_connection = True

    def _endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * 1_000_000)
        self.close_connection = True

    def _dripping(self) -> None:
        self.send_response(200)
        self.end_headers()
        with suppress(OSError):
            while not self.receiver_.ending.wait(0.05):
                self.wfile.write(b"x")
        self.close_connection = True

    def _redirect(self) -> None:
        self._answer(302, Location=self.receiver_.url)
