"""A request to the AWS door, as it came over the wire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from service.errors import ServiceError
from service.wsgi import Environ, headers_of, read_body


@dataclass(frozen=True)
class Request:
    """`headers` by their names in lower case; `body` is read when it is first asked for."""

    environ: Environ = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, environ: Environ) -> "Request":
        return cls(environ, headers_of(environ))

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
            return read_body(self.environ)
        except ServiceError as error:  # kept: the stream cannot be read twice
            return error
