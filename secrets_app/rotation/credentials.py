"""Temporary credentials for a Python handler: a session of its function's role."""

from datetime import timedelta

from django.utils import timezone

from iam import sessions
from iam.models import Role
from iam.sessions import TemporaryCredentials
from secrets_app.rotation.functions import Function

SHORTEST = timedelta(seconds=900)  # as of all sessions
MARGIN = timedelta(seconds=60)


def of_function(function: Function) -> TemporaryCredentials:
    """For as long as one step may take. The session has the function's name, as on Lambda.

    Raises StepFailed if the function's role is gone.
    """
    role = role_of(function)
    duration = max(SHORTEST, timedelta(seconds=function.timeout) + MARGIN)
    return sessions.assume(role, _name(function), timezone.now(), duration)


def role_of(function: Function) -> Role:
    """Whom a Python handler acts as: it was given a role. Raises StepFailed if that is gone."""
    role = function.acting_role
    assert role is not None  # noqa: S101
    return role


def _name(function: Function) -> str:
    """A session's has two characters at least."""
    return function.name if len(function.name) > 1 else f"{function.name}-"
