"""Temporary credentials for a Python handler: a session of its function's role."""

from datetime import timedelta

from django.utils import timezone

from iam import sessions
from iam.sessions import TemporaryCredentials
from secrets_app.rotation.event import StepFailed
from secrets_app.rotation.functions import Function

SHORTEST = timedelta(seconds=900)  # as of all sessions
MARGIN = timedelta(seconds=60)


def of_function(function: Function) -> TemporaryCredentials:
    """For as long as one step may take. The session has the function's name, as on Lambda.

    Raises StepFailed if the function has no role.
    """
    if function.role is None:
        raise StepFailed("The function's role is gone: give it another.")
    duration = max(SHORTEST, timedelta(seconds=function.timeout) + MARGIN)
    return sessions.assume(function.role, _name(function), timezone.now(), duration)


def _name(function: Function) -> str:
    """A session's has two characters at least."""
    return function.name if len(function.name) > 1 else f"{function.name}-"
