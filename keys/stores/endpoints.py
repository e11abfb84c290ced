"""Where the proxies of external key stores are.

An XksProxyUriEndpoint is https:// and a host, without a port: that is where a proxy is asked,
unless the settings know another place. STRONGROOM_XKS_ENDPOINTS is a JSON object: by endpoint,
the URL that is asked in its place ("https://10.0.0.7:8443").
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from crypto.xks.transport import is_loopback

MOST_MS = 10_000  # a server's thread waits as long
_ENDPOINT = re.compile(r"https://[a-zA-Z0-9.-]+", re.ASCII)


def url(endpoint: str) -> str:
    """The URL to ask. Raises ValueError where the settings are no good: see `problems`."""
    return _read(settings.STRONGROOM_XKS_ENDPOINTS).get(endpoint.lower(), endpoint)


def problems() -> Iterator[str]:
    """What is wrong with the settings, and what to do."""
    bundle = settings.STRONGROOM_XKS_CA_BUNDLE
    if bundle and not Path(bundle).is_file():
        yield f"STRONGROOM_XKS_CA_BUNDLE names {bundle}, where there is no file."
    if not 0 < settings.STRONGROOM_XKS_TIMEOUT_MS <= MOST_MS:
        yield f"STRONGROOM_XKS_TIMEOUT_MS has to be between 1 and {MOST_MS}."
    try:
        found = _read(settings.STRONGROOM_XKS_ENDPOINTS)
    except ValueError:
        yield "STRONGROOM_XKS_ENDPOINTS is not a JSON object of URLs."
        return
    for endpoint, place in found.items():
        if not _ENDPOINT.fullmatch(endpoint):
            yield f"STRONGROOM_XKS_ENDPOINTS: {endpoint} is not https:// and a host, and no more."
        if problem := _problem(place):
            yield f"STRONGROOM_XKS_ENDPOINTS, {endpoint}: {problem}"


def _problem(place: str) -> str:
    try:
        found = urlsplit(place)
        _ = found.port
    except ValueError:
        return f"{place} is no URL."
    if found.scheme not in ("https", "http") or not found.hostname:
        return f"{place} is neither https:// nor http:// and a host."
    if found.path or found.query or found.username:
        return f"{place} has more than a host and a port."
    if found.scheme == "http" and not (
        is_loopback(found.hostname) or settings.STRONGROOM_XKS_ALLOW_HTTP
    ):
        return f"{place} is plain HTTP, which STRONGROOM_XKS_ALLOW_HTTP would allow."
    return ""


@cache
def _read(text: str) -> Mapping[str, str]:
    found = json.loads(text or "{}")
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise ValueError("it is something else")
    return {endpoint.lower(): place for endpoint, place in found.items()}
