"""Signature Version 4, the server's side of it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html. Requests are
signed in their headers. `parse` reads what a request says of its signature, `verify` holds
the signature against the secret's signing key; each wrong way has the error that AWS gives.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote, unquote_to_bytes

from iam.errors import IncompleteSignature, InvalidSignature, MissingAuthenticationToken
from service.regions import region_of_call
from service.value import value

ALGORITHM = "AWS4-HMAC-SHA256"
SKEW = timedelta(minutes=5)
BASIC = "%Y%m%dT%H%M%SZ"  # ISO 8601's basic form
TERMINATOR = "aws4_request"

_BASIC_FORM = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
_REGION = re.compile(r"[a-z0-9-]{1,32}", re.ASCII)
_UNRESERVED = "-_.~"
# what a signature must cover where the request has it: without the target, a signature for
# one operation would do for every other
_ALWAYS_SIGNED = ("host", "x-amz-target")


@value
class SignedRequest:
    """A request as it came over the wire.

    path, query  as they were sent, still percent-encoded
    headers      by their names in lower case; several of one name joined with ","
    read_body    gives the body; not called before the rest of the signature is in order
    services     those that the credential may be scoped to ("kms")
    any_region   the region of the scope is the client's own affair
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    read_body: Callable[[], bytes] = field(repr=False)
    services: frozenset[str]
    any_region: bool = False


@value
class Authorization:
    """What a request says of its signature; nothing of it is proved yet.

    date   the scope's day, "20261231"
    time   when the request was signed, UTC
    stamp  `time` in ISO 8601's basic form, as it is signed
    token  the session token, "" without
    """

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str
    time: datetime
    stamp: str
    token: str = field(repr=False)

    @property
    def scope(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/{TERMINATOR}"


def parse(request: SignedRequest) -> Authorization:
    """Raise MissingAuthenticationToken, IncompleteSignature, or InvalidSignature for the scope."""
    header = request.headers.get("authorization", "").strip()
    if not header:
        raise MissingAuthenticationToken
    algorithm, _, rest = header.partition(" ")
    if algorithm != ALGORITHM:
        raise IncompleteSignature(f"Authorization header requires the algorithm {ALGORITHM}.")
    given = _parameters(rest)
    signed_at = _time(request.headers)
    if signed_at is None:
        raise IncompleteSignature(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        )
    access_key_id, date, region, service = _credential(given["Credential"])
    found = Authorization(
        access_key_id=access_key_id,
        date=date,
        region=region,
        service=service,
        signed_headers=tuple(given["SignedHeaders"].split(";")),
        signature=given["Signature"],
        time=signed_at[0],
        stamp=signed_at[1],
        token=request.headers.get("x-amz-security-token", ""),
    )
    _refuse_wrong_scope(found, request)
    _refuse_unsigned(found, request.headers)
    return found


def signing_key(secret: str, found: Authorization) -> hmac.HMAC:
    """What signs all requests of the scope, to be copied for each: as secret as `secret`, for a
    day."""
    key = f"AWS4{secret}".encode()
    for part in (found.date, found.region, found.service, TERMINATOR):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, digestmod="sha256")


def verify(found: Authorization, request: SignedRequest, key: hmac.HMAC) -> None:
    """Raise InvalidSignature unless the signing key `key` signed exactly this request."""
    digest = hashlib.sha256(canonical(request, found.signed_headers)).hexdigest()
    # of a copy: the key is made ready once, and hmac.digest would let go of the interpreter
    expected = key.copy()
    expected.update(f"{ALGORITHM}\n{found.stamp}\n{found.scope}\n{digest}".encode())
    if not hmac.compare_digest(expected.hexdigest().encode(), found.signature.encode()):
        raise InvalidSignature


def canonical(request: SignedRequest, signed_headers: tuple[str, ...]) -> bytes:
    """The canonical request; a signed header that is missing counts as empty."""
    lines = [request.method, _canonical_path(request.path), _canonical_query(request.query)]
    for name in signed_headers:
        lines.append(f"{name}:{' '.join(request.headers.get(name, '').split())}")
    lines += ["", ";".join(signed_headers), hashlib.sha256(request.read_body()).hexdigest()]
    return "\n".join(lines).encode(errors="surrogateescape")


def _canonical_path(path: str) -> str:
    """Normalised after RFC 3986, 5.2.4, then encoded once more, as for every service but S3."""
    if path in ("", "/"):
        return "/"
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            kept = kept[:-1]
        elif segment not in ("", "."):
            kept.append(segment)
    end = "/" if kept and path.endswith("/") else ""
    return quote("/" + "/".join(kept) + end, safe="/~")


def _canonical_query(query: str) -> str:
    if not query:
        return ""
    parts = (pair.partition("=") for pair in query.split("&") if pair)
    pairs = sorted((_encoded(name), _encoded(value)) for name, _, value in parts)
    return "&".join(f"{name}={value}" for name, value in pairs)


def _encoded(text: str) -> str:
    return quote(unquote_to_bytes(text), safe=_UNRESERVED)


def _parameters(text: str) -> dict[str, str]:
    """Credential, SignedHeaders and Signature; any other is ignored."""
    given = {}
    for part in text.split(","):
        name, _, given[name] = part.strip().partition("=")
    missing = [
        f"Authorization header requires '{name}' parameter."
        for name in ("Credential", "Signature", "SignedHeaders")
        if not given.get(name)
    ]
    if missing:
        raise IncompleteSignature(" ".join(missing))
    return given


def _credential(text: str) -> tuple[str, str, str, str]:
    parts = text.rsplit("/", 4)
    if len(parts) != 5 or not all(parts):
        raise IncompleteSignature(
            "Credential must have exactly 5 slash-delimited elements, "
            "e.g. keyid/date/region/service/term."
        )
    access_key_id, date, region, service, end = parts
    if end != TERMINATOR:
        raise InvalidSignature(f"Credential should be scoped with a valid terminator: {TERMINATOR}")
    return access_key_id, date, region, service


def _time(headers: Mapping[str, str]) -> tuple[datetime, str] | None:
    """When the request was signed, and that in ISO 8601's basic form; None if it does not say."""
    text = headers.get("x-amz-date") or headers.get("date", "")
    try:
        if _BASIC_FORM.fullmatch(text):
            return datetime.fromisoformat(text), text
        time = parsedate_to_datetime(text).astimezone(UTC)
        return time, time.strftime(BASIC)
    except (ValueError, OverflowError):
        return None


def _refuse_wrong_scope(found: Authorization, request: SignedRequest) -> None:
    if not _is_known_region(found, request):
        raise InvalidSignature("Credential should be scoped to a valid region.")
    if found.service not in request.services:
        named = " or ".join(f"'{service}'" for service in sorted(request.services))
        raise InvalidSignature(f"Credential should be scoped to correct service: {named}.")
    if found.date != found.stamp[:8]:
        raise InvalidSignature(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
            f"from HTTP: '{found.date[:8]}' != '{found.stamp[:8]}', from '{found.stamp}'."
        )


def _refuse_unsigned(found: Authorization, headers: Mapping[str, str]) -> None:
    date = "x-amz-date" if "x-amz-date" in headers else "date"
    for name in (*_ALWAYS_SIGNED, date):
        if name in headers and name not in found.signed_headers:
            raise InvalidSignature(f"'{name}' must be a 'SignedHeader' in the AWS Authorization.")


def _is_known_region(found: Authorization, request: SignedRequest) -> bool:
    # of any region, too, a key is remembered: its name must not be a way to fill the memory
    if request.any_region:
        return _REGION.fullmatch(found.region) is not None
    return region_of_call(found.service, found.region) is not None


def refuse_wrong_time(found: Authorization, now: datetime) -> None:
    """Raise InvalidSignature unless the request was signed within five minutes of `now`."""
    if found.time < now - SKEW:
        raise InvalidSignature(
            f"Signature expired: {found.stamp} is now earlier than "
            f"{(now - SKEW).strftime(BASIC)} ({now.strftime(BASIC)} - 5 min.)"
        )
    if found.time > now + SKEW:
        raise InvalidSignature(
            f"Signature not yet current: {found.stamp} is still later than "
            f"{(now + SKEW).strftime(BASIC)} ({now.strftime(BASIC)} + 5 min.)"
        )
