"""Who calls: the owner of a bearer token, or whoever signed the request (SigV4)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

from iam import authenticate, revision
from iam.authenticate import Arrival
from iam.errors import InvalidSignature
from iam.sigv4 import SignedRequest
from rest import tokens
from service.caller import Caller
from service.errors import ValidationFailed
from service.regions import default_region, served_regions
from service.snapshot import Snapshot
from service.wsgi import Environ, headers

SERVICES = frozenset({"execute-api"})  # AWS's name for what stands behind a REST door
REGION = "HTTP_X_STRONGROOM_REGION"
ReadBody = Callable[[], bytes]
# what RFC 3986 lets stand in a path as it is, and what every client leaves as it is
_MAY_STAND = "/-_.~:@!$&'()*+,;="
_STANDS = "/-_.~"


def caller(environ: Environ, read_body: ReadBody, arrival: Arrival) -> Caller:
    """Raises the errors of `iam.authenticate` and `rest.tokens`; ValidationFailed for a region
    that is not served, or is another than the one signed for."""
    text = _bearer(environ)
    if text is not None:
        return _owner(text, environ, read_body, arrival)
    signer = _signer(environ, read_body, arrival)
    if environ.get(REGION, signer.region) != signer.region:
        raise ValidationFailed("X-Strongroom-Region is not the region of the signature.")
    return signer


def stranger(environ: Environ, arrival: Arrival) -> Caller:
    """The caller of a request that proves nothing; only ever recorded.

    A token that has expired still tells in whose account the record is of interest.
    """
    session_token = environ.get("HTTP_X_AMZ_SECURITY_TOKEN", "")
    unknown = authenticate.stranger(environ.get("HTTP_AUTHORIZATION", ""), arrival, session_token)
    token = tokens.found(_bearer(environ) or "")
    if token is None:
        return unknown
    principal = replace(unknown.principal, account=token.principal.account)
    return replace(unknown, principal=principal, access_key_id=token.id)


def _bearer(environ: Environ) -> str | None:
    scheme, _, text = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" else None


def _owner(text: str, environ: Environ, read_body: ReadBody, arrival: Arrival) -> Caller:
    def looked_up(time: datetime) -> tuple[Snapshot, tokens.OpenedToken]:
        snapshot = revision.current()
        return snapshot, tokens.opened(text, snapshot, time)

    arrival, (snapshot, token) = arrival.with_body(read_body, looked_up)
    region = environ.get(REGION) or default_region()
    if region not in served_regions():
        raise ValidationFailed("X-Strongroom-Region is not a region that is served here.")
    tokens.note_use(token.id, arrival.time)
    return Caller(
        principal=token.principal,
        region=region,
        snapshot=snapshot,
        time=arrival.time,
        request_id=arrival.request_id,
        source_ip=arrival.source_ip,
        user_agent=arrival.user_agent,
        access_key_id=token.id,
        door=arrival.door,
        secure_transport=arrival.secure_transport,
        still_holds=lambda: tokens.is_known(token.id),
    )


def _signer(environ: Environ, read_body: ReadBody, arrival: Arrival) -> Caller:
    for request in _as_it_may_have_been(environ, read_body):
        try:
            return authenticate.caller(request, arrival)
        except InvalidSignature as error:
            refusal = error
    raise refusal


def _as_it_may_have_been(environ: Environ, read_body: ReadBody) -> Iterator[SignedRequest]:
    """The request as it was signed, in each way in which it may have been.

    A server hands the path on decoded, and clients do not agree on what to encode. Each of
    these paths decodes to the one that is answered, so a signature for any of them is one
    for this request.
    """
    path = environ.get("PATH_INFO", "").encode("latin-1")
    found = headers(environ)
    for safe in (_MAY_STAND, _STANDS):
        yield SignedRequest(
            environ["REQUEST_METHOD"],
            quote(path, safe=safe),
            environ.get("QUERY_STRING", "").replace("+", "%20"),  # as it is read, too
            found,
            read_body,
            SERVICES,
        )
