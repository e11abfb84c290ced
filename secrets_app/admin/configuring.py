"""Configuring how a secret is rotated: by which function, and when."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from console.actions import UNPROCESSABLE
from console.fields import PLAIN
from iam.authorize import decision_for
from secrets_app.admin.rotating import OfRotation, TokenForm, left_behind
from secrets_app.admin.rotation import PREVIEWED
from secrets_app.errors import InvalidParameter
from secrets_app.operations.describe_secret import DescribeSecretOutput
from secrets_app.rotation import functions, schedule
from secrets_app.rotation.models import RotationFunction
from secrets_app.rotation.operations.rotate_secret import RotateSecret
from secrets_app.rotation.schedule import Window
from secrets_app.rotation.templates import TEMPLATES
from secrets_app.shapes import RotationRules
from service.caller import Caller
from service.ids import uuid4
from service.operation import Check
from service.resource import Resource

MOST_FUNCTIONS = 200
DAYS, RATE, CRON, BY_HAND = "days", "rate", "cron", "hand"
_RULES = [
    (DAYS, "Days after the last rotation"),
    (RATE, "Every so many hours"),
    (CRON, "A cron expression"),
    (BY_HAND, "Only when somebody says so"),
]
_FIELDS = {DAYS: "days", RATE: "hours", CRON: "cron"}


class ConfigureForm(TokenForm):
    function = forms.ChoiceField(
        label="Rotation function", help_text="Those that you may have run."
    )
    rule = forms.ChoiceField(label="When", choices=_RULES, initial=DAYS)
    days = forms.IntegerField(
        label="Days", required=False, min_value=1, max_value=schedule.MOST_DAYS, initial=30
    )
    hours = forms.IntegerField(
        label="Hours", required=False, min_value=4, max_value=schedule.MOST_HOURS
    )
    cron = forms.CharField(
        label="Cron expression",
        required=False,
        max_length=250,
        help_text="AWS's six fields: minutes (0), hours, day of the month, month, day of the "
        "week, year (*). 0 16 ? * SAT *: on Saturdays at 16:00 UTC.",
        widget=forms.TextInput(attrs=PLAIN),
    )
    duration = forms.IntegerField(
        label="Hours that the window lasts",
        required=False,
        min_value=1,
        max_value=24,
        help_text="From its beginning. Empty: one hour where hours are counted, else until the "
        "day ends, in UTC.",
    )
    immediately = forms.BooleanField(
        label="Rotate now, too",
        required=False,
        initial=True,
        help_text="Else the configuration is tested: the function only tries the current value.",
    )

    def __init__(self, choices: Sequence[Any], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["function"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        rule = found.get("rule", "")
        if rule in _FIELDS and not self.errors:
            try:
                self.schedule()
            except InvalidParameter as error:
                field = "duration" if "window" in error.message else _FIELDS[rule]
                self.add_error(field, error.message)
        return found

    def rules(self) -> dict[str, Any]:
        """AWS's RotationRules; empty if it is rotated by hand only."""
        given = self.cleaned_data
        if given["rule"] == BY_HAND:
            return {}
        told: dict[str, Any] = {"AutomaticallyAfterDays": given["days"]}
        if given["rule"] == RATE:
            told = {"ScheduleExpression": f"rate({given['hours'] or 0} hours)"}
        if given["rule"] == CRON:
            told = {"ScheduleExpression": f"cron({given['cron']})"}
        return told | ({"Duration": f"{given['duration']}h"} if given["duration"] else {})

    def schedule(self) -> schedule.Schedule | None:
        """Raises InvalidParameter."""
        rules = self.rules()
        if not rules:
            return None
        return schedule.parse(
            rules.get("AutomaticallyAfterDays"),
            rules.get("ScheduleExpression", ""),
            rules.get("Duration", ""),
        )


class Configure(OfRotation):
    """`preview` in what is sent asks for the next dates only."""

    operation = RotateSecret
    template = "console/secrets/configure.html"
    verb = "Configure rotation"
    explanation = (
        "From now on the secret is rotated by these rules. Each rotation makes a new value that "
        "programs have to read."
    )
    done = "Rotation is configured."
    refused_field = "function"

    def new_form(self, subject: DescribeSecretOutput) -> ConfigureForm:
        told = {"function": subject.rotation_lambda_arn, "token": uuid4()}
        initial = {**told, **_initial(subject.rotation_rules)}
        return ConfigureForm(self._choices(subject), initial=initial)

    def form(self, subject: DescribeSecretOutput) -> ConfigureForm:
        return ConfigureForm(self._choices(subject), self.request.POST)

    def post(self, request: HttpRequest, **path: str) -> HttpResponse:
        if "preview" not in request.POST:
            return super().post(request, **path)
        subject = self.describe()
        form = self.form(subject)
        if not form.is_valid():
            return self.asking(subject, form, status=UNPROCESSABLE)
        return self.asking(subject, form, windows=self._windows(subject, form), previewed=True)

    def params(self, subject: DescribeSecretOutput, form: Any) -> Mapping[str, Any]:
        """A rotation goes on with what an earlier one left behind; a test must not touch that."""
        given, rules = form.cleaned_data, form.rules()
        begun = left_behind(subject) if given["immediately"] else ""
        return {
            "SecretId": self.id,
            "ClientRequestToken": begun or given["token"],
            "RotationLambdaARN": given["function"],
            "RotateImmediately": given["immediately"],
            **({"RotationRules": rules} if rules else {}),
        }

    def _windows(self, subject: DescribeSecretOutput, form: ConfigureForm) -> list[Window]:
        """The next ones, counted as RotateSecret will count them."""
        rule, now = form.schedule(), self.caller.time
        at_once = form.cleaned_data["immediately"]
        since = now if at_once else subject.last_rotated_date or now
        return list(islice(rule.windows(since, now), PREVIEWED)) if rule else []

    def _choices(self, subject: DescribeSecretOutput) -> list[Any]:
        choices = function_choices(self.caller)
        known = {arn for _, group in choices for arn, _ in group}
        if subject.rotation_lambda_arn and subject.rotation_lambda_arn not in known:
            mine = (subject.rotation_lambda_arn, subject.rotation_lambda_arn)
            choices.insert(0, ("As it is now", [mine]))
        return choices


def function_choices(caller: Caller) -> list[tuple[str, list[tuple[str, str]]]]:
    """Functions that the caller may have run, by kinds; a name is told to nobody else."""
    here = {"account": caller.account, "region": caller.region}
    rows = RotationFunction.objects.filter(**here).order_by("name")[:MOST_FUNCTIONS]
    own = {row.name: row.description for row in rows}
    built_in = {name: "" for name in TEMPLATES if name not in own}
    groups = [("Registered here", own), ("Built in", built_in)]
    found = [(kind, _runnable(caller, names)) for kind, names in groups]
    return [(kind, choices) for kind, choices in found if choices]


def _runnable(caller: Caller, names: Mapping[str, str]) -> list[tuple[str, str]]:
    found = []
    for name, description in names.items():
        arn = functions.arn_of(caller.account, caller.region, name)
        resource = Resource(arn, caller.account, functions.TYPE)
        if decision_for(caller, Check("lambda:InvokeFunction", resource)).allowed:
            found.append((arn, f"{name}: {description}" if description else name))
    return found


def _initial(rules: RotationRules | None) -> dict[str, Any]:
    """The rules that a secret has, as the form has them."""
    if rules is None:
        return {}
    duration = int((rules.duration or "0h").removesuffix("h")) or None
    expression = rules.schedule_expression or ""
    inside = expression.partition("(")[2].rstrip(")")
    if expression.startswith("cron"):
        return {"rule": CRON, "cron": inside, "duration": duration}
    number, _, unit = inside.strip().partition(" ")
    if unit.strip().startswith("hour"):
        return {"rule": RATE, "hours": int(number), "duration": duration}
    if rules.automatically_after_days is None:
        return {"rule": BY_HAND}
    return {
        "rule": DAYS,
        "days": int(number or rules.automatically_after_days),
        "duration": duration,
    }
