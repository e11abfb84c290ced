"""The rotation functions that are built in: AWS's templates, without Lambda."""

from secrets_app.rotation.event import StepEvent, StepFailed
from secrets_app.rotation.functions import Function


def run(function: Function, event: StepEvent) -> None:
    """Do the step. Raises StepFailed."""
    raise StepFailed(f"{function.name} does not know {event.step}.")
