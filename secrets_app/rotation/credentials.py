"""Temporary credentials for a Python handler: a session of its function's role."""

from dataclasses import field

from secrets_app.rotation.event import StepFailed
from secrets_app.rotation.functions import Function
from service.value import value

SHORTEST = 900  # seconds, as of all sessions
MARGIN = 60


@value
class Credentials:
    access_key_id: str
    secret: str = field(repr=False)
    session_token: str = field(repr=False)


def of_function(function: Function) -> Credentials:
    """For as long as one step may take. Raises StepFailed if the function has no role."""
    if function.role is None:
        raise StepFailed("The function's role is gone: give it another.")
    raise StepFailed("There are no sessions yet.")
