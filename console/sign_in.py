"""Signing in: each attempt is in the trail, as on AWS.

AWS's record of signing in is ConsoleLogin of signin.amazonaws.com, in us-east-1.
"""

import threading
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils import timezone

from audit import trail
from audit.events import Event
from console import throttle
from console.arrival import SIGN_IN_REGION, caller
from console.models import Operator
from iam.principals import user_principal
from service.caller import Principal, PrincipalKind
from service.errors import ServiceError

# what AWS writes, because people type passwords into the field for names
HIDDEN_NAME = "HIDDEN_DUE_TO_SECURITY_REASONS"
AT_A_TIME = 2  # passwords that a process looks at; each takes tens of megabytes

_places = threading.BoundedSemaphore(AT_A_TIME)


class SignInFailed(ServiceError):
    code = "FailedAuthentication"
    default_message = "Failed authentication"


class SignInBlocked(ServiceError):
    """Too many failures; `seconds` is how long to wait."""

    code = "TooManyFailedAttempts"
    status = 429

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        unit = "second" if seconds == 1 else "seconds"
        super().__init__(f"Too many failed attempts. Try again in {seconds} {unit}.")


class SignInBusy(ServiceError):
    """As many passwords as may be are being looked at. Nobody waits: that would hold a thread."""

    code = "TooManyRequestsException"
    status = 429
    default_message = "Too many people are signing in at this moment. Try again."


def sign_in(request: HttpRequest, username: str, password: str) -> Operator:
    """The operator, once the success is recorded.

    Raises SignInFailed, SignInBlocked, SignInBusy (each recorded), or Unavailable.
    """
    known = Operator.objects.filter(username=username).first()
    called = caller(request, _principal(known), SIGN_IN_REGION)
    event = Event(called, "signin:ConsoleLogin", read_only=False)
    try:
        operator = _proven(request, username, password, called.source_ip)
    except ServiceError as error:
        event.fail(error)
        event.response_elements = {"ConsoleLogin": "Failure"}
        trail.record(event)
        raise
    event.response_elements = {"ConsoleLogin": "Success"}
    trail.record(event)
    return operator


def _proven(request: HttpRequest, username: str, password: str, address: str) -> Operator:
    if not _places.acquire(blocking=False):
        raise SignInBusy  # nothing was counted: it was no guess
    try:
        return _looked_at(request, username, password, address)
    finally:
        _places.release()


def _looked_at(request: HttpRequest, username: str, password: str, address: str) -> Operator:
    now = timezone.now()
    origin, subject = throttle.origin(address), throttle.subject(username, address)
    _wait_for(throttle.admit(origin, now, throttle.BY_ADDRESS))
    _wait_for(throttle.admit(subject, now))
    operator = authenticate(request, username=username, password=password)
    if not isinstance(operator, Operator):
        raise SignInFailed
    throttle.forget(subject)
    throttle.take_back(origin, now)
    return operator


def _wait_for(wait: timedelta) -> None:
    if wait:
        raise SignInBlocked(max(1, round(wait.total_seconds())))


def _principal(operator: Operator | None) -> Principal:
    if operator is not None:
        return user_principal(operator.user)
    account = settings.STRONGROOM_ACCOUNT_ID
    return Principal(PrincipalKind.UNKNOWN, account, arn="", id="", name=HIDDEN_NAME)
