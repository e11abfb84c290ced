"""A request as a WSGI server hands it on: its headers, and its body, which is bounded."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings

from service.errors import RequestTooLarge, SerializationFailed, ServiceError

Environ = Mapping[str, Any]


def headers(environ: Environ) -> dict[str, str]:
    """The headers behind a WSGI environ, by their names in lower case.

    "content-type" is always there.
    """
    found = {name: text for variable, text in environ.items() if (name := _name(variable))}
    found["content-type"] = environ.get("CONTENT_TYPE") or ""
    if length := environ.get("CONTENT_LENGTH"):
        found["content-length"] = length
    return found


@lru_cache(maxsize=1024)  # callers choose the names
def _name(variable: str) -> str:
    """The header that is under the name `variable` in an environ; "" if it is none."""
    name = variable.removeprefix("HTTP_")
    return "" if name == variable else name.replace("_", "-").lower()


class Body:
    """The body behind a WSGI environ, read once, when it is first asked for.

    To read may mean to wait for who sends it, so it is not read for those who cannot be
    anybody.
    """

    __slots__ = ("_environ", "_found")

    def __init__(self, environ: Environ) -> None:
        self._environ = environ
        self._found: bytes | ServiceError | None = None

    @property
    def is_read(self) -> bool:
        return self._found is not None

    def read(self) -> bytes:
        """Raises what `read_body` does, each time again."""
        if self._found is None:
            try:
                self._found = read_body(self._environ)
            except ServiceError as error:
                self._found = error
        if isinstance(self._found, ServiceError):
            raise self._found
        return self._found


def read_body(environ: Environ) -> bytes:
    """The body behind a WSGI environ, of at most `STRONGROOM_MAX_BODY_BYTES`.

    A body without a Content-Length (chunked, HTTP/2) is read to its end. Raises
    RequestTooLarge, and SerializationFailed if the body is not what its length says.
    """
    most: int = settings.STRONGROOM_MAX_BODY_BYTES
    expected = _length(environ.get("CONTENT_LENGTH") or "")
    if expected is not None and expected > most:
        raise RequestTooLarge
    body = _read(environ["wsgi.input"], most + 1 if expected is None else expected)
    if len(body) > most:
        raise RequestTooLarge
    if expected is not None and len(body) < expected:
        raise SerializationFailed("The body ends before its Content-Length.")
    return body


def _length(text: str) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 20:
        return int(text)
    raise SerializationFailed("The Content-Length is not a number.")


def _read(stream: Any, size: int) -> bytes:
    """Up to `size` bytes: one `read` may give fewer than it was asked for."""
    parts = []
    while size > 0 and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
