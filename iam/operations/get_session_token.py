"""sts:GetSessionToken."""

from collections.abc import Iterable
from dataclasses import field
from datetime import timedelta

from iam import access_keys, mfa, sessions
from iam.sts_shapes import Credentials, credentials_of, recordable, utilization
from service.caller import PrincipalKind
from service.errors import AccessDenied
from service.operation import Call, Operation, Unrestricted
from service.value import value

OF_A_USER = 43_200  # seconds, unless the request says otherwise
MOST_OF_ROOT = 3_600  # seconds; a longer one is cut, as on AWS


@value
class GetSessionTokenInput:
    duration_seconds: int | None = None
    serial_number: str | None = None
    token_code: str | None = field(default=None, repr=False)
    minimum_session_token_size: int = 0


@value
class GetSessionTokenOutput:
    credentials: Credentials
    session_token_utilization: int
    session_token_size: int


class GetSessionToken(Operation[GetSessionTokenInput, GetSessionTokenOutput]):
    """Gives a user, or root, temporary credentials of its own.

    Only who calls with a long-term access key gets any: from nothing else that ends, or that
    can be taken away, is anything made that lasts longer.
    """

    name = "sts:GetSessionToken"

    def checks(self, call: Call, given: GetSessionTokenInput) -> Iterable[Unrestricted]:
        yield Unrestricted("AWS lets every user ask this, even where a policy denies it")

    def run(self, call: Call, given: GetSessionTokenInput) -> GetSessionTokenOutput:
        caller = call.caller
        if not access_keys.is_active(caller.access_key_id):
            raise AccessDenied("Cannot call GetSessionToken with session credentials")
        mfa.refuse_device(given)
        seconds = given.duration_seconds or OF_A_USER
        if caller.principal.kind is PrincipalKind.ROOT:
            seconds = min(seconds, MOST_OF_ROOT)
        session = sessions.lasting(caller.time, timedelta(seconds=seconds))
        least = given.minimum_session_token_size
        made = sessions.of_long_term(caller.principal, session, least_letters=least)
        call.recorded |= recordable(made)
        return GetSessionTokenOutput(
            credentials_of(made), utilization(made), len(made.session_token)
        )
