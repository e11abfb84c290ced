"""Who signed a request: from the signature to the Caller. Used by every door that takes SigV4."""

import re
from datetime import UTC, datetime

from django.conf import settings

from iam import access_keys, revision, sigv4
from iam.access_keys import Credential
from iam.errors import UnrecognizedClient
from iam.models import AccessKey
from service.caller import Caller, Principal, PrincipalKind
from service.ids import uuid4
from service.peer import peer
from service.regions import default_region, region_of_call, served_regions
from service.snapshot import Snapshot
from service.value import value
from service.wsgi import Environ

_CLAIM = re.compile(r"Credential=([\w.+=-]{1,128})/\d{1,8}/([a-z0-9-]{1,32})/", re.ASCII)


@value
class Arrival:
    """How a request came in; `time` in UTC, `door` as in `service.caller.Caller`."""

    request_id: str
    time: datetime
    door: str
    source_ip: str = ""
    user_agent: str = ""
    secure_transport: bool = False

    @classmethod
    def now(cls, environ: Environ, door: str) -> "Arrival":
        """Of a request that a WSGI server has just handed on."""
        source_ip, secure = peer(environ)
        return cls(
            request_id=uuid4(),
            time=datetime.now(UTC),
            door=door,
            source_ip=source_ip,
            user_agent=environ.get("HTTP_USER_AGENT", ""),
            secure_transport=secure,
        )


def caller(request: sigv4.SignedRequest, arrival: Arrival) -> Caller:
    """The principal whose access key signed `request`.

    Raises the error AWS gives for each way in which a signature can be wrong.
    """
    authorization = sigv4.parse(request)
    snapshot = revision.current()
    key_id = authorization.access_key_id
    # long-term keys only: a session token belongs to a key that is not known here
    if authorization.token:
        raise UnrecognizedClient
    # first, so that nobody makes us remember signing keys of days long past
    sigv4.refuse_wrong_time(authorization, arrival.time)
    credential = snapshot.get(("access-key", key_id), lambda: _credential(key_id))
    key = snapshot.get(
        ("signing-key", key_id, authorization.scope),
        lambda: sigv4.signing_key(credential.secret, authorization),
    )
    sigv4.verify(authorization, request, key)
    access_keys.note_use(key_id, arrival.time, authorization.region, authorization.service)
    return Caller(
        principal=credential.principal,
        region=region_of_call(authorization.service, authorization.region) or default_region(),
        snapshot=snapshot,
        time=arrival.time,
        request_id=arrival.request_id,
        source_ip=arrival.source_ip,
        user_agent=arrival.user_agent,
        access_key_id=key_id,
        door=arrival.door,
        secure_transport=arrival.secure_transport,
    )


def stranger(authorization: str, arrival: Arrival) -> Caller:
    """The caller of a request whose signature proves nothing; only ever recorded.

    The record goes to the account of the access key that the header claims, and to the
    first account where there is none, so that somebody can find it.
    """
    claim = _CLAIM.search(authorization)
    key_id, region = claim.groups() if claim else ("", "")
    owner = AccessKey.objects.filter(id=key_id).values_list("account_id", flat=True).first()
    account = owner or settings.STRONGROOM_ACCOUNT_ID
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
    )


def _credential(key_id: str) -> Credential:
    credential = access_keys.opened(key_id)
    if credential is None:
        raise UnrecognizedClient
    return credential
