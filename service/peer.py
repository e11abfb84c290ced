"""Where a request comes from, and whether it came over TLS. Every door asks here.

A proxy's word (`X-Forwarded-For`, `X-Forwarded-Proto`) counts only if the connection comes
from one of `STRONGROOM_TRUSTED_PROXIES`; anybody else could write those headers himself.
"""

from collections.abc import Mapping
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from django.conf import settings

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def peer(environ: Mapping[str, Any]) -> tuple[str, bool]:
    """The source's IP address ("" if unknown) and whether it used TLS, by a WSGI environ."""
    address = _normal(environ.get("REMOTE_ADDR", ""))
    secure = environ.get("wsgi.url_scheme") == "https"
    proxies = settings.STRONGROOM_TRUSTED_PROXIES
    if not proxies or not _is_trusted(address, tuple(proxies)):
        return address, secure
    scheme = environ.get("HTTP_X_FORWARDED_PROTO", "")
    if scheme:
        secure = _last(scheme).lower() == "https"
    return _forwarded_for(environ, address, tuple(proxies)), secure


def networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    """Addresses and networks ("10.0.0.0/8") as such. Raises ValueError."""
    return tuple(ip_network(text.strip()) for text in texts)


def _forwarded_for(environ: Mapping[str, Any], address: str, proxies: tuple[str, ...]) -> str:
    """The nearest address that is no proxy of ours: each proxy added the one it saw, at the end."""
    for text in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        if not _is_trusted(address, proxies) or _parsed(_normal(text.strip())) is None:
            break
        address = _normal(text.strip())
    return address


def _is_trusted(address: str, proxies: tuple[str, ...]) -> bool:
    found = _parsed(address)
    return found is not None and any(found in network for network in _known(proxies))


def _normal(address: str) -> str:
    """An IPv4 address that came in through an IPv6 socket is an IPv4 address."""
    if not address.startswith("::ffff:"):
        return address
    mapped = getattr(_parsed(address), "ipv4_mapped", None)
    return str(mapped) if mapped else address


def _parsed(address: str) -> Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None


def _last(values: str) -> str:
    return values.rpartition(",")[2].strip()


_known = cache(networks)
