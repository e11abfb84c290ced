"""Who signed a request: from the signature to the Caller. Used by every door that takes SigV4."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic
from typing import Generic, Protocol, TypeVar

from django.conf import settings

from iam import access_keys, revision, sessions, sigv4
from iam.errors import UnrecognizedClient
from iam.models import AccessKey
from service.caller import Caller, Principal, PrincipalKind
from service.ids import uuid4
from service.peer import peer
from service.regions import default_region, region_of_call, served_regions
from service.snapshot import Snapshot
from service.value import value
from service.wsgi import Environ

T = TypeVar("T")
MOMENT = 0.5  # seconds that a body may take before what was known of its sender is too old

_CLAIM = re.compile(r"Credential=([\w.+=-]{1,128})/\d{1,8}/([a-z0-9-]{1,32})/", re.ASCII)


@value
class Arrival:
    """How a request came in; `time` in UTC, `door` and `query` as in `service.caller.Caller`."""

    request_id: str
    time: datetime
    door: str
    source_ip: str = ""
    user_agent: str = ""
    secure_transport: bool = False
    query: bool = False

    @classmethod
    def now(cls, environ: Environ, door: str, *, query: bool = False) -> "Arrival":
        """Of a request that a WSGI server has just handed on."""
        source_ip, secure = peer(environ)
        return cls(
            request_id=uuid4(),
            time=datetime.now(UTC),
            door=door,
            source_ip=source_ip,
            user_agent=environ.get("HTTP_USER_AGENT", ""),
            secure_transport=secure,
            query=query,
        )

    def with_body(
        self, read: Callable[[], bytes], look_up: Callable[[datetime], T]
    ) -> tuple["Arrival", T]:
        """Look up who sends a request, and only for somebody wait for its body, which `read` gives.

        If that takes more than a moment, it is a later arrival: what was looked up before does
        not count, and is looked up again.
        """
        known, began = look_up(self.time), monotonic()
        read()
        if monotonic() - began < MOMENT:
            return self, known
        later = replace(self, time=datetime.now(UTC))
        return later, look_up(later.time)


class Secret(Protocol):
    """What an access key id stands for."""

    @property
    def secret(self) -> str: ...


C = TypeVar("C", bound=Secret)


@value
class Signer(Generic[C]):
    """Who signed a request, proved: `credential` is what the access key id stands for.

    `arrival` is that of the whole request, `snapshot` what was true then.
    """

    authorization: sigv4.Authorization
    credential: C
    snapshot: Snapshot
    arrival: Arrival


def caller(request: sigv4.SignedRequest, arrival: Arrival) -> Caller:
    """The principal whose access key signed `request`, or whose session's key.

    Raises the error AWS gives for each way in which a signature can be wrong.
    """
    found = signer(request, arrival, "access-key", access_keys.opened, sessions.found)
    key_id, region = found.authorization.access_key_id, found.authorization.region
    service, arrival, principal = (
        found.authorization.service,
        found.arrival,
        found.credential.principal,
    )
    if principal.session is None:
        access_keys.note_use(key_id, arrival.time, region, service)
    else:
        sessions.require_service(principal, service)
    return Caller(
        principal=principal,
        region=region_of_call(service, region) or default_region(),
        snapshot=found.snapshot,
        time=arrival.time,
        request_id=arrival.request_id,
        source_ip=arrival.source_ip,
        user_agent=arrival.user_agent,
        access_key_id=key_id,
        door=arrival.door,
        secure_transport=arrival.secure_transport,
        still_holds=lambda: (
            sessions.still_holds(principal) if principal.session else access_keys.is_active(key_id)
        ),
        query=arrival.query,
    )


def signer(
    request: sigv4.SignedRequest,
    arrival: Arrival,
    kind: str,
    opened: Callable[[str], C | None],
    of_session: Callable[[sigv4.Authorization, Snapshot, datetime], C] | None = None,
) -> Signer[C]:
    """Whose credential of the `kind` signed `request`; `opened` finds it by its access key id.

    `of_session` finds that of a request with a session token; without it there is none.
    Raises the error AWS gives for each way in which a signature can be wrong.
    """
    authorization = sigv4.parse(request)
    key_id = authorization.access_key_id
    if authorization.token and of_session is None:
        raise UnrecognizedClient

    def looked_up(time: datetime) -> tuple[Snapshot, C]:
        # first, so that nobody makes us remember signing keys of days long past
        sigv4.refuse_wrong_time(authorization, time)
        snapshot = revision.current()
        if authorization.token and of_session is not None:
            return snapshot, of_session(authorization, snapshot, time)
        return snapshot, snapshot.get((kind, key_id), lambda: _known(opened(key_id)))

    arrival, (snapshot, credential) = arrival.with_body(request.read_body, looked_up)
    key = snapshot.get(
        ("signing-key", kind, key_id, authorization.scope),
        lambda: sigv4.signing_key(credential.secret, authorization),
    )
    sigv4.verify(authorization, request, key)
    return Signer(authorization, credential, snapshot, arrival)


def stranger(authorization: str, arrival: Arrival, token: str = "") -> Caller:
    """The caller of a request whose signature proves nothing; only ever recorded.

    The record goes to the account of the access key that the header claims, or of the session
    token, and to the first account where there is neither, so that somebody can find it.
    """
    claim = _CLAIM.search(authorization)
    key_id, region = claim.groups() if claim else ("", "")
    owner = AccessKey.objects.filter(id=key_id).values_list("account_id", flat=True).first()
    account = owner or sessions.account_of(key_id, token) or settings.STRONGROOM_ACCOUNT_ID
    return Caller(
        principal=Principal(PrincipalKind.UNKNOWN, account, arn="", id=""),
        region=region if region in served_regions() else default_region(),
        snapshot=Snapshot(-1),
        time=arrival.time,
        request_id=arrival.request_id,
        source_ip=arrival.source_ip,
        user_agent=arrival.user_agent,
        access_key_id=key_id,
        door=arrival.door,
        secure_transport=arrival.secure_transport,
        query=arrival.query,
    )


def _known(credential: C | None) -> C:
    if credential is None:
        raise UnrecognizedClient
    return credential
