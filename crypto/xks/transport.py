"""HTTP to an XKS proxy: connections that are kept, and a limit that holds for the whole call."""

import queue
import threading
from collections.abc import Callable, Mapping
from http.client import HTTPException
from ipaddress import ip_address
from time import monotonic
from typing import TypeVar
from urllib.parse import urlsplit

import urllib3
from urllib3 import exceptions
from urllib3.exceptions import HTTPError, ProtocolError, SSLError

from crypto.errors import XksInsecure, XksInvalidResponse, XksTimedOut, XksUnreachable

SECONDS = 0.25  # after which KMS gives up
FOR_CONNECTING = 0.8  # the part of them after which there is no connection to be had
MOST_AT_ONCE = 32  # calls to one proxy; also how many connections are kept
MOST_BYTES = 64 * 1024  # of an answer; the longest right one has 6 kB

_UNREACHABLE = (
    exceptions.ConnectTimeoutError,
    exceptions.LocationParseError,
    exceptions.NewConnectionError,
)

T = TypeVar("T")


class Transport:
    """Sends to one host. Nothing it raises tells what was sent or received.

    A call is made in a thread that may be left behind: a resolver, a handshake or an answer
    that comes byte by byte know no limit for all of their steps together.
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
            return
        if not allow_http and not is_loopback(found.hostname or ""):
            raise XksInsecure("Plain HTTP is for a proxy on the same machine only.")
        self._pool = urllib3.HTTPConnectionPool(
            found.hostname or "", found.port, maxsize=MOST_AT_ONCE
        )

    def post(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """The answer's status and body. Raises XksError."""
        end = monotonic() + self._seconds
        if not self._free.acquire(timeout=self._seconds):
            raise XksTimedOut("Too many calls wait for the proxy.")
        return within(end, lambda: self._post(path, headers, body, end), self._free.release)

    def _post(
        self, path: str, headers: Mapping[str, str], body: bytes, end: float
    ) -> tuple[int, bytes]:
        try:
            try:
                return self._once(path, headers, body, end)
            except ProtocolError as error:
                # it closed a connection that was kept, just now; any request may be repeated
                if not _was_closed(error):
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
        found = response.read(MOST_BYTES + 1, decode_content=False)
        if len(found) > MOST_BYTES:
            response.close()
            raise XksInvalidResponse("The proxy's answer is too long.")
        return response.status, found


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine: "localhost", or an address of the loopback networks."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def within(end: float, work: Callable[[], T], done: Callable[[], object]) -> T:
    """What `work` returns or raises, or XksTimedOut at `end` (monotonic), whatever it does then.

    `done` is called once `work` has ended, be it long after.
    """
    outcome: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            outcome.put((work(), None))
        except BaseException as error:
            outcome.put((None, error))
        finally:
            done()

    threading.Thread(target=run, name="xks", daemon=True).start()
    try:
        found, error = outcome.get(timeout=max(0.0, end - monotonic()))
    except queue.Empty:
        raise XksTimedOut from None
    if error is not None:
        raise error
    return found  # type: ignore[return-value]


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
