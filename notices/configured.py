"""What the settings say: where notices go, and the secrets that sign them. docs/webhooks.md."""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from crypto.xks.transport import is_loopback
from notices.models import MOST_URL

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64  # bytes of a secret


def urls() -> Sequence[str]:
    """Where notices go; none: nothing is told."""
    found: Sequence[str] = settings.STRONGROOM_WEBHOOK_URLS
    return found


def secrets() -> tuple[bytes, ...]:
    """Each signs. Raises ValueError where the setting is no good: see `problems`."""
    return _secrets(settings.STRONGROOM_WEBHOOK_SECRETS)


def problems() -> Iterator[str]:
    """What is wrong with the settings, and what to do. No secret is told."""
    for number, url in enumerate(urls(), 1):
        if problem := _problem(url):
            yield f"STRONGROOM_WEBHOOK_URLS, the {number}. of them: {problem}"
    if len(set(urls())) < len(urls()):
        yield "STRONGROOM_WEBHOOK_URLS names a URL twice."
    try:
        found = secrets()
    except ValueError as error:
        yield f"STRONGROOM_WEBHOOK_SECRETS: {error}"
    else:
        if urls() and not found:
            yield "STRONGROOM_WEBHOOK_URLS needs STRONGROOM_WEBHOOK_SECRETS: no post goes unsigned."
    bundle = settings.STRONGROOM_WEBHOOK_CA_BUNDLE
    if bundle and not Path(bundle).is_file():
        yield f"STRONGROOM_WEBHOOK_CA_BUNDLE names {bundle}, where there is no file."


def _problem(url: str) -> str:
    """A URL may hold a token: it is not repeated."""
    try:
        found = urlsplit(url)
        _ = found.port
    except ValueError:
        return "it is no URL."
    if found.scheme not in ("https", "http") or not found.hostname:
        return "it has to be https:// and a host."
    if found.scheme == "http" and not is_loopback(found.hostname):
        return "plain http:// is for this machine only; others are told over https://."
    if "@" in found.netloc or found.fragment:
        return "it may have no user name, and no fragment."
    if len(url) > MOST_URL or not re.fullmatch(r"[!-~]+", url):
        return f"it may have {MOST_URL} characters, and what is not ASCII is percent-encoded."
    return ""


@cache
def _secrets(text: str) -> tuple[bytes, ...]:
    return tuple(_secret(each) for each in re.split(r"[,\s]+", text) if each)


def _secret(text: str) -> bytes:
    if not text.startswith(PREFIX):
        raise ValueError(f"a secret has to begin with {PREFIX}.")
    try:
        found = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"what follows {PREFIX} has to be base64.") from None
    if not SHORTEST <= len(found) <= LONGEST:
        raise ValueError(f"a secret has to have {SHORTEST} to {LONGEST} bytes.")
    return found
