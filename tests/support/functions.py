"""Functions behind HTTP for tests: as AWS's Lambda answers Invoke, or as its runtime emulator.

The emulator (aws-lambda-runtime-interface-emulator) has one function, named "function"; what
a function raised it answers with status 200 and no header that says so.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

EMULATED = "/2015-03-31/functions/function/invocations"
SLOW = 30.0  # seconds; ends with the server


class Functions:
    """Listens on 127.0.0.1 until `stop`.

    answer  (status, headers, body); or "slow", "trickle", "endless", "garbage"
    asked   (path, headers in lower case, body) of each request
    """

    def __init__(self) -> None:
        self.answer: tuple[int, dict[str, str], bytes] | str = (200, {}, b"null")
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.ending = threading.Event()
        functions = self

        class Handler(_Handler):
            functions_ = functions

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, _, body in self.asked]

    def returns(self, value: Any) -> None:
        self.answer = (200, {}, json.dumps(value).encode())

    def raises(self, kind: str, message: str, *, emulated: bool = False) -> None:
        body = {"errorMessage": message, "errorType": kind, "stackTrace": []}
        headers = {} if emulated else {"X-Amz-Function-Error": "Unhandled"}
        self.answer = (200, headers, json.dumps(body).encode())

    def stop(self) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    functions_: Functions

    def log_message(self, *given: Any) -> None: ...

    def do_POST(self) -> None:
        functions = self.functions_
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        functions.asked.append((self.path, headers, body))
        if isinstance(functions.answer, str):
            self.close_connection = True
            getattr(self, f"_{functions.answer}")()
            return
        status, more, answer = functions.answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(answer)), **more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def _slow(self) -> None:
        self.functions_.ending.wait(SLOW)

    def _trickle(self) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.functions_.ending.wait(0.05):
            try:
                self.wfile.write(b" ")
            except OSError:
                return

    def _endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b" " * 1_000_000)

    def _garbage(self) -> None:
        self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
