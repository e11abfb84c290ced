"""A request to the AWS door, as it came over the wire."""

from collections.abc import Mapping
from dataclasses import field

from iam.sigv4 import ALGORITHM
from service.value import value
from service.wsgi import Body, Environ, headers


@value
class Request:
    """`headers` by their names in lower case."""

    environ: Environ = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: Body = field(repr=False)

    @classmethod
    def of(cls, environ: Environ) -> "Request":
        return cls(environ, headers(environ), Body(environ))

    @property
    def is_at_the_door(self) -> bool:
        return (self.environ["REQUEST_METHOD"], self.environ["PATH_INFO"]) == ("POST", "/")

    @property
    def is_for_this_door(self) -> bool:
        """Whether it can only be meant for the AWS API, wherever it was sent."""
        signed = self.headers.get("authorization", "").startswith(ALGORITHM)
        return signed or "x-amz-target" in self.headers

    @property
    def media_type(self) -> str:
        return self.headers["content-type"].partition(";")[0].strip().lower()

    @property
    def query(self) -> str:
        return str(self.environ.get("QUERY_STRING", ""))
