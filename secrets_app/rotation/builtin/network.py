"""Where a database is: what a secret may name as a host, and the way there."""

import re
import socket
from ipaddress import IPv6Address

from secrets_app.rotation import addresses
from secrets_app.rotation.builtin import errors
from secrets_app.rotation.builtin.deadline import Deadline
from secrets_app.rotation.event import StepFailed

# One name or address. Drivers take more: lists, URIs, paths of sockets.
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]{0,251}[A-Za-z0-9_.])?")


def is_host(text: str) -> bool:
    return bool(_HOST.fullmatch(text)) or _is_ipv6(text)


def connected(host: str, port: int, deadline: Deadline) -> socket.socket:
    """A connection to the host, which the caller closes. Raises Unreachable, StepFailed.

    Never to an address where clouds have the credentials of machines.
    """
    for address in _addresses(host, port):
        try:
            return socket.create_connection((address, port), deadline.to_connect())
        except OSError:
            continue
    raise errors.unreachable()


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise errors.Unreachable("The name of the database's host is not known.") from None
    places = list(dict.fromkeys(str(each[4][0]) for each in found))
    if any(map(addresses.tells_credentials, places)):
        raise StepFailed("The host is a link-local address, or a cloud's: no database has one.")
    return places


def _is_ipv6(text: str) -> bool:
    try:
        return IPv6Address(text).scope_id is None
    except ValueError:
        return False
