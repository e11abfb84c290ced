"""Who signed a request: from the signature to the Caller. Used by every door that takes SigV4."""

from dataclasses import dataclass
from datetime import datetime

from iam import access_keys, revision, sigv4
from iam.access_keys import Credential
from iam.errors import UnrecognizedClient
from service.caller import Caller


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a request came in; `time` in UTC, `door` as in `service.caller.Caller`."""

    request_id: str
    time: datetime
    door: str
    source_ip: str = ""
    user_agent: str = ""
    secure_transport: bool = False


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
    credential = snapshot.get(("access-key", key_id), lambda: _credential(key_id))
    sigv4.verify(authorization, request, credential.secret, arrival.time)
    access_keys.note_use(key_id, arrival.time, authorization.region, authorization.service)
    return Caller(
        principal=credential.principal,
        region=authorization.region,
        snapshot=snapshot,
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
