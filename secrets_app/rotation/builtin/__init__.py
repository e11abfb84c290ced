"""The rotation functions that are built in: AWS's templates, without Lambda.

https://github.com/aws-samples/aws-secrets-manager-rotation-lambdas has AWS's.
"""

from collections.abc import Callable, Mapping

from secrets_app.lookup import CURRENT, PENDING
from secrets_app.rotation import service_role
from secrets_app.rotation.acting import Session
from secrets_app.rotation.builtin import engines, steps
from secrets_app.rotation.builtin.deadline import Deadline
from secrets_app.rotation.builtin.rotated import Rotated
from secrets_app.rotation.event import StepEvent, StepFailed
from secrets_app.rotation.functions import Function
from secrets_app.rotation.models import Step

_STEPS: Mapping[Step, Callable[[Rotated], None]] = {
    Step.CREATE: steps.create,
    Step.SET: steps.set_,
    Step.TEST: steps.test,
    Step.FINISH: steps.finish,
}


def run(function: Function, event: StepEvent) -> None:
    """Do the step; what is done already is left as it is. Raises StepFailed."""
    rotated = _rotated(function, event)
    told = rotated.described()
    if told.rotation_enabled is False:
        raise StepFailed("The secret is not enabled for rotation.")
    labels = (told.version_ids_to_stages or {}).get(event.token)
    if labels is None:
        raise StepFailed(f"Version {event.token} has no staging label.")
    if CURRENT in labels:
        return
    if PENDING not in labels:
        raise StepFailed(f"Version {event.token} does not have the staging label {PENDING}.")
    _STEPS[event.step](rotated)


def _rotated(function: Function, event: StepEvent) -> Rotated:
    role = function.acting_role or service_role.of_account(function.account)
    if function.template is None or role is None:
        raise StepFailed(f"{function.name} has no template, or no role to act as.")
    return Rotated(
        session=Session(role, function.region, function.name),
        event=event,
        engine=engines.of(function.template.database),
        strategy=function.template.strategy,
        environment=function.environment,
        deadline=Deadline(function.timeout),
    )
