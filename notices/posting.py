"""One post to a URL: over TLS that is verified, without redirects, for a few seconds at most."""

import time
from collections.abc import Mapping
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings

from crypto.errors import XksError, XksFault
from crypto.xks.transport import Transport
from notices import configured, signing
from notices.models import Delivery
from service.value import value

SECONDS = 5.0  # connecting and all
GONE, TOO_MANY = 410, 429
_PROBLEMS: Mapping[str, str] = {
    XksFault.UNREACHABLE: "no connection",
    XksFault.INSECURE: "no TLS, or not the right certificate",
    XksFault.TIMED_OUT: "no answer in time",
}


@value
class Outcome:
    """How a post ended.

    problem     empty: it was taken
    is_final    the receiver says that it will never take one
    is_ailing   the receiver cannot take any at the moment
    """

    problem: str = ""
    is_final: bool = False
    is_ailing: bool = False


def post(delivery: Delivery) -> Outcome:
    """Post it now. What the receiver answers is not kept, but for its status."""
    body = delivery.body.encode()
    signed = signing.headers(configured.secrets(), delivery.notice_id, int(time.time()), body)
    headers = {"content-type": "application/json", "user-agent": "Strongroom", **signed}
    found = urlsplit(delivery.url)
    path = (found.path or "/") + (f"?{found.query}" if found.query else "")
    try:
        transport = _transport(f"{found.scheme}://{found.netloc}", _ca_bundle())
        status = transport.tell(path, headers, body)
    except XksError as error:
        return Outcome(_PROBLEMS.get(error.reason, "no HTTP in the answer"), is_ailing=True)
    if 200 <= status < 300:
        return Outcome()
    ailing = status >= 500 or status == TOO_MANY
    return Outcome(f"status {status}", is_final=status == GONE, is_ailing=ailing)


@cache
def _transport(origin: str, ca_bundle: str) -> Transport:
    """Keeps its connections."""
    return Transport(origin, ca_bundle, allow_http=False, seconds=SECONDS)


def _ca_bundle() -> str:
    return str(settings.STRONGROOM_WEBHOOK_CA_BUNDLE)


def host(url: str) -> str:
    """What a log may tell of a URL: its path may hold a token."""
    return urlsplit(url).netloc
