"""A request to the AWS door, as it came over the wire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings

from service.errors import RequestTooLarge, SerializationFailed, ServiceError

Environ = Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """`headers` by their names in lower case; `body` is read when it is first asked for."""

    environ: Environ = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, environ: Environ) -> "Request":
        headers = {
            name[5:].replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        headers["content-type"] = environ.get("CONTENT_TYPE") or ""
        if length := environ.get("CONTENT_LENGTH"):
            headers["content-length"] = length
        return cls(environ, headers)

    @property
    def media_type(self) -> str:
        return self.headers["content-type"].partition(";")[0].strip().lower()

    @property
    def query(self) -> str:
        return str(self.environ.get("QUERY_STRING", ""))

    @property
    def body(self) -> bytes:
        """Raises RequestTooLarge, and SerializationFailed if it is not what its length says."""
        if isinstance(self._body, ServiceError):
            raise self._body
        return self._body

    @cached_property
    def _body(self) -> bytes | ServiceError:
        try:
            return self._read_body()
        except ServiceError as error:  # kept: the stream cannot be read twice
            return error

    def _read_body(self) -> bytes:
        most: int = settings.STRONGROOM_MAX_BODY_BYTES
        length = self.headers.get("content-length", "")
        if not length:
            expected = None
        elif length.isascii() and length.isdigit() and len(length) < 20:
            expected = int(length)
        else:
            raise SerializationFailed("The Content-Length is not a number.")
        if expected is not None and expected > most:
            raise RequestTooLarge
        body = _read(self.environ["wsgi.input"], most + 1 if expected is None else expected)
        if len(body) > most:
            raise RequestTooLarge
        if expected is not None and len(body) < expected:
            raise SerializationFailed("The body ends before its Content-Length.")
        return body


def _read(stream: Any, size: int) -> bytes:
    """Up to `size` bytes: one `read` may give fewer than it was asked for."""
    parts = []
    while size > 0 and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
