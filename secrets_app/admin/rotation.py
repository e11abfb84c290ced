"""How a secret is rotated: its rules, the rotation that goes on or was last, and those before."""

import re
from collections.abc import Sequence
from itertools import islice

from django.http import HttpRequest, HttpResponse

from secrets_app.admin import rotations
from secrets_app.admin.rotating import left_behind
from secrets_app.admin.secret import OneSecret, is_replica
from secrets_app.models import Secret
from secrets_app.operations.describe_secret import DescribeSecretOutput
from secrets_app.rotation import functions, schedule
from secrets_app.rotation.attempts import MOST_ATTEMPTS
from secrets_app.rotation.models import Rotation, State, Step
from secrets_app.rotation.schedule import EveryDays, Window
from secrets_app.shapes import RotationRules
from service.arns import Arn
from service.value import value

SHOWN = 20
PREVIEWED = 5
WORDS = {
    Step.CREATE: "A new value is made",
    Step.SET: "The database or service takes it",
    Step.TEST: "It is tried there",
    Step.FINISH: "It becomes the current value",
}
_RATE = re.compile(r"rate\(\s*(\d+)\s+(hour|day)s?\s*\)")


@value
class StepDone:
    """`mark`: done, now, failed, stopped, or open."""

    name: str
    words: str
    mark: str


class RotationPage(OneSecret):
    template = "console/secrets/rotation.html"

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"Rotation of {self.id}"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        told = self.describe()
        row = row_of(told)
        rows = list(row.rotations.order_by("-started", "-pk")[:SHOWN]) if row else []
        last = rows[0] if rows else None
        goes_on = last is not None and last.finished is None
        return self.show(
            secret=told,
            is_replica=is_replica(told),
            state=rotations.state_of(told, last),
            function=functions.name_in(told.rotation_lambda_arn or ""),
            rules=in_words(told.rotation_rules),
            due=row.rotation_due if row else None,
            coming=coming(row) if row else (),
            last=last,
            steps=steps_of(last) if last else (),
            most_attempts=1 if last and last.is_test else MOST_ATTEMPTS,
            goes_on=goes_on,
            failed=last is not None and last.state == State.FAILED and not last.is_test,
            tries_again=last is not None and rotations.tries_again(last),
            may_have_taken=last is not None and last.step in (Step.TEST, Step.FINISH),
            left="" if goes_on or is_replica(told) else left_behind(told),
            here=self.address("secret_rotation"),
            earlier=rows[1:],
            back=self.address(),
        )


def row_of(told: DescribeSecretOutput) -> Secret | None:
    """The row of a secret that was described to the caller; None if it went meanwhile."""
    arn = Arn.parse(told.arn)
    found = Secret.objects.filter(account=arn.account, region=arn.region, name=told.name)
    return found.first()


def steps_of(rotation: Rotation) -> tuple[StepDone, ...]:
    """The four steps, or that of a test, and how far it is with them."""
    steps = (Step.TEST,) if rotation.is_test else tuple(Step)
    at = steps.index(Step(rotation.step)) if rotation.step in steps else 0
    if rotation.state == State.SUCCEEDED:
        at = len(steps)
    here = {State.RUNNING: "now", State.FAILED: "failed", State.CANCELLED: "stopped"}
    marks = [*["done"] * at, here.get(State(rotation.state), "open"), *["open"] * len(steps)]
    marked = zip(steps, marks, strict=False)
    return tuple(StepDone(step, WORDS[step], mark) for step, mark in marked)


def in_words(rules: RotationRules | None) -> str:
    """Empty if there are none."""
    if rules is None or not (rules.schedule_expression or rules.automatically_after_days):
        return ""
    return f"{_interval(rules)}{_duration(rules)}"


def coming(row: Secret) -> Sequence[Window]:
    """The next windows: that which is planned, and those which would follow."""
    rule = schedule.of_secret(row)
    if rule is None or row.rotation_due is None or row.next_rotation is None:
        return ()
    due, end = row.rotation_due, row.next_rotation
    start = schedule.midnight(due)
    if not isinstance(rule, EveryDays):
        around = next(rule.windows(due - schedule.A_DAY, due), None)
        start = around.start if around and around.end == end else due
    return (Window(start, end), *islice(rule.windows(due, end), PREVIEWED - 1))


def _interval(rules: RotationRules) -> str:
    expression = rules.schedule_expression
    if not expression:
        return _every(rules.automatically_after_days or 0, "day")
    found = _RATE.fullmatch(expression)
    return _every(int(found[1]), found[2]) if found else f"by {expression}, in UTC"


def _every(number: int, unit: str) -> str:
    return f"every {unit}" if number == 1 else f"every {number} {unit}s"


def _duration(rules: RotationRules) -> str:
    hours = (rules.duration or "").removesuffix("h")
    return f", within {hours} hour{'' if hours == '1' else 's'}" if hours else ""
