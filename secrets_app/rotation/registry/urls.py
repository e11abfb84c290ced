"""URLs of endpoints: where a function of Lambda's Invoke API is asked."""

from urllib.parse import SplitResult, quote, urlsplit

from django.conf import settings

from crypto.xks.transport import is_loopback
from service.errors import ValidationFailed

INVOKE = "/2015-03-31/functions/{name}/invocations"


def required(url: str) -> str:
    """`url`, if it can be asked. Raises ValidationFailed."""
    try:
        found = urlsplit(url)
        _ = found.port
    except ValueError:
        raise ValidationFailed("Url is no URL.") from None
    if found.scheme not in ("http", "https") or not found.hostname:
        raise ValidationFailed("Url has to be https:// or http:// and a host.")
    if "@" in found.netloc or found.query or found.fragment:
        raise ValidationFailed("Url has no user name, query or fragment.")
    if found.scheme == "http" and not may_be_plain(found):
        raise ValidationFailed(
            "Plain http:// is for this machine only, unless STRONGROOM_ROTATION_ALLOW_HTTP is set."
        )
    return url


def may_be_plain(url: SplitResult) -> bool:
    return is_loopback(url.hostname or "") or bool(settings.STRONGROOM_ROTATION_ALLOW_HTTP)


def place(url: str, name: str) -> tuple[str, str]:
    """The origin, and the path to post to: the URL's own, or the one that AWS's Lambda has."""
    found = urlsplit(url)
    path = found.path if found.path.strip("/") else INVOKE.format(name=quote(name))
    return f"{found.scheme}://{found.netloc}", path
