"""HTTP to an XKS proxy: connections that are kept, and a limit that holds for the whole call."""

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPException
from ipaddress import ip_address
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3 import exceptions
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, ProtocolError, SSLError

from crypto.errors import XksError, XksInsecure, XksInvalidResponse, XksTimedOut, XksUnreachable
from crypto.patience import Overdue, within

SECONDS = 0.25  # after which KMS gives up
FOR_CONNECTING = 0.8  # the part of them after which there is no connection to be had
MOST_AT_ONCE = 32  # calls to one proxy; also how many connections are kept
MOST_BYTES = 64 * 1024  # of an answer; the longest right one has 6 kB

_UNREACHABLE = (
    exceptions.ConnectTimeoutError,
    exceptions.LocationParseError,
    exceptions.NewConnectionError,
)


class Transport:
    """Sends to one host. Nothing it raises tells what was sent or received.

    A call is made in a thread that may be left behind: a resolver or an answer that comes byte
    by byte know no limit for all of their steps together. Its connection is cut then, so that
    it ends: else a proxy that answers slowly would soon have all threads wait for it for hours.
    """

    def __init__(self, url: str, ca_bundle: str, *, allow_http: bool, seconds: float) -> None:
        self.url = url
        found = urlsplit(url)
        self.host = found.netloc
        self._seconds = seconds
        self._free = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._pool: urllib3.HTTPConnectionPool
        if found.scheme == "https":
            self._pool = urllib3.HTTPSConnectionPool(
                found.hostname or "",
                found.port,
                maxsize=MOST_AT_ONCE,
                cert_reqs="CERT_REQUIRED",
                ca_certs=ca_bundle or None,
            )
            self._pool.ConnectionCls = _Https
            return
        if not allow_http and not is_loopback(found.hostname or ""):
            raise XksInsecure("Plain HTTP is for a proxy on the same machine only.")
        self._pool = urllib3.HTTPConnectionPool(
            found.hostname or "", found.port, maxsize=MOST_AT_ONCE
        )
        self._pool.ConnectionCls = _Http

    def post(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """The answer's status and body. Raises XksError."""
        return self._within(_Line(), path, headers, body)

    def tell(self, path: str, headers: Mapping[str, str], body: bytes) -> int:
        """The answer's status, whatever follows it, and be it without end. Raises XksError."""
        line = _Line()
        try:
            status, _ = self._within(line, path, headers, body)
        except XksError:
            if line.status is None:
                raise
            return line.status
        return status

    def _within(
        self, line: "_Line", path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, bytes]:
        end = monotonic() + self._seconds
        if not self._free.acquire(timeout=self._seconds):
            raise XksTimedOut("Too many calls wait for the proxy.")
        try:
            return within(end, lambda: self._posted(line, path, headers, body, end))
        except Overdue:
            line.cut()
            raise XksTimedOut from None

    def _posted(
        self, line: "_Line", path: str, headers: Mapping[str, str], body: bytes, end: float
    ) -> tuple[int, bytes]:
        """In the thread that may be left behind."""
        _here.line = line
        try:
            return self._post(path, headers, body, end)
        finally:
            line.let_go()
            self._free.release()

    def _post(
        self, path: str, headers: Mapping[str, str], body: bytes, end: float
    ) -> tuple[int, bytes]:
        try:
            try:
                return self._once(path, headers, body, end)
            except ProtocolError as error:
                # it closed a connection that was kept, just now; any request may be repeated
                if not _was_closed(error) or monotonic() >= end:
                    raise
                return self._once(path, headers, body, end)
        except (HTTPError, HTTPException) as error:
            raise _translated(error) from None

    def _once(
        self, path: str, headers: Mapping[str, str], body: bytes, end: float
    ) -> tuple[int, bytes]:
        left = max(0.001, end - monotonic())
        response = self._pool.urlopen(
            "POST",
            path,
            body=body,
            headers=headers,
            retries=False,
            redirect=False,
            timeout=urllib3.Timeout(connect=left * FOR_CONNECTING, read=left),
            preload_content=False,
        )
        _here.line.status = response.status
        found = response.read(MOST_BYTES + 1, decode_content=False)
        if len(found) > MOST_BYTES:
            response.close()
            raise XksInvalidResponse("The proxy's answer is too long.")
        return response.status, found


class _Line:
    """The connection that a call uses, for whoever waits for the call to cut.

    status  the answer's, as soon as it is there
    """

    def __init__(self) -> None:
        self.status: int | None = None
        self._lock = threading.Lock()
        self._connection: HTTPConnection | None = None
        self._is_cut = False

    def use(self, connection: HTTPConnection) -> None:
        """Raises ConnectionError if it is too late."""
        with self._lock:
            if self._is_cut:
                raise ConnectionAbortedError
            self._connection = connection

    def let_go(self) -> None:
        """It is others' from now on."""
        with self._lock:
            self._connection = None

    def cut(self) -> None:
        with self._lock, suppress(OSError):
            self._is_cut = True
            if self._connection is not None and self._connection.sock is not None:
                # not its own `shutdown`: that of TLS is not to be called while another reads
                socket.socket.shutdown(self._connection.sock, socket.SHUT_RDWR)


_here = threading.local()  # the `line` of the call that this thread makes


class _Http(HTTPConnection):
    def getresponse(self) -> Any:
        _here.line.use(self)
        return super().getresponse()


class _Https(HTTPSConnection, _Http): ...


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine: "localhost", or an address of the loopback networks."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _was_closed(error: ProtocolError) -> bool:
    return len(error.args) > 1 and isinstance(error.args[1], ConnectionError)


def _translated(error: Exception) -> Exception:
    if isinstance(error, SSLError):
        return XksInsecure(
            "There is no TLS with the proxy, or its certificate is not the right one."
        )
    if isinstance(error, _UNREACHABLE) or (isinstance(error, ProtocolError) and _was_closed(error)):
        return XksUnreachable()
    if isinstance(error, exceptions.TimeoutError):
        return XksTimedOut()
    return XksInvalidResponse("The proxy's answer is not HTTP.")
