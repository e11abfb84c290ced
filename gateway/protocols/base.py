"""What a protocol is to the door."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from gateway.request import Request
from service.errors import ServiceError
from service.model import OperationModel
from service.value import value


class Answer(NamedTuple):
    """What goes back over the wire."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


@value
class Asked:
    """What a request asks for: a service ("kms") and an action; "" where it does not say.

    `services` are those that the signature may be scoped to, `unknown` is what to say where
    there is no such operation (None: nothing).
    """

    service: str
    action: str
    services: frozenset[str]
    unknown: str | None = None

    @property
    def name(self) -> str:
        """The operation's name ("kms:Encrypt"), also for the record of what was not understood."""
        return f"{self.service or 'unknown'}:{self.action or 'Unknown'}"


class Protocol(ABC):
    """Reads requests and writes answers. Keeps nothing between two requests.

    `query_codes`: whether it tells errors by their `query_code`.
    """

    query_codes: ClassVar[bool] = False

    @abstractmethod
    def speaks(self, request: Request) -> bool:
        """Whether the request is in this protocol."""

    @abstractmethod
    def addressed(self, request: Request) -> Asked:
        """What the headers alone tell of what is asked for. Never raises."""

    def asked(self, request: Request, addressed: Asked) -> Asked:
        """What is asked for, body and all. Never raises: what cannot be told is left empty."""
        return addressed

    @abstractmethod
    def params(self, model: OperationModel, request: Request) -> dict[str, Any]:
        """The AWS-shaped parameters. Raises SerializationFailed."""

    @abstractmethod
    def success(self, name: str, output: Mapping[str, Any] | None, request_id: str) -> Answer:
        """The answer to the operation `name`, with its AWS-shaped output."""

    @abstractmethod
    def failure(self, asked: Asked, error: ServiceError, request_id: str) -> Answer:
        """The answer to a request that ended in `error`."""
