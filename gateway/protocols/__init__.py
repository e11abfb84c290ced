"""AWS's wire protocols, one module each. A new one is a module and an entry in `PROTOCOLS`."""

from gateway.protocols.base import Answer, Protocol
from gateway.protocols.json import Json
from gateway.protocols.query import Query
from gateway.protocols.unknown import UnknownProtocol
from gateway.request import Request

__all__ = ["Answer", "Protocol", "spoken_by"]

PROTOCOLS: tuple[Protocol, ...] = (Json(), Query())
UNKNOWN = UnknownProtocol()


def spoken_by(request: Request) -> Protocol:
    """The protocol of a request; one that refuses everything if it is none that is known."""
    for protocol in PROTOCOLS:
        if protocol.speaks(request):
            return protocol
    return UNKNOWN
