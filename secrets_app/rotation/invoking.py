"""Has a function do a step, whatever kind of function it is."""

from collections.abc import Callable, Mapping

from secrets_app.rotation import builtin, endpoints, handlers
from secrets_app.rotation.event import StepEvent
from secrets_app.rotation.functions import Function
from secrets_app.rotation.models import Kind

_RUN: Mapping[Kind, Callable[[Function, StepEvent], None]] = {
    Kind.BUILT_IN: builtin.run,
    Kind.PYTHON: handlers.run,
    Kind.ENDPOINT: endpoints.run,
}


def invoke(function: Function, event: StepEvent) -> None:
    """Return when the step is done. Raises StepFailed, with a reason that people may read."""
    _RUN[function.kind](function, event)
