"""A request as a WSGI server hands it on: its headers, and its body, which is bounded."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings

from service.errors import RequestTooLarge, SerializationFailed, ServiceError

Environ = Mapping[str, Any]


class Headers(Mapping[str, str]):
    """The headers behind a WSGI environ, by their names in lower case.

    "content-type" is always there. Most requests have many more than are ever looked at.
    """

    __slots__ = ("_environ",)

    def __init__(self, environ: Environ) -> None:
        self._environ = environ

    def __getitem__(self, name: str) -> str:
        value = self._environ.get(_variable(name))
        if name == "content-type":
            return value or ""
        if value is None or (name == "content-length" and not value):
            raise KeyError(name)
        return str(value)

    def __iter__(self) -> Iterator[str]:
        yield "content-type"
        if self._environ.get("CONTENT_LENGTH"):
            yield "content-length"
        for name in self._environ:
            if name.startswith("HTTP_"):
                yield name[5:].replace("_", "-").lower()

    def __len__(self) -> int:
        return sum(1 for _ in self)


@lru_cache(maxsize=1024)  # callers choose the names that they sign
def _variable(name: str) -> str:
    """The name in the environ of the header `name`; none but lower-case names have one."""
    if name in ("content-type", "content-length"):
        return name.replace("-", "_").upper()
    if "_" in name or name != name.lower():
        return ""
    return "HTTP_" + name.replace("-", "_").upper()


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
