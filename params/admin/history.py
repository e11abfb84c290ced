"""A parameter's versions, and what differs between two of them."""

import json
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from console.actions import UNPROCESSABLE
from console.difference import difference
from console.refusals import Refused
from params.admin.parameter import OneParameter
from params.models import Type
from params.operations.get_parameter import GetParameter
from params.operations.get_parameter_history import ParameterHistory
from service.value import value

FACTS = (
    ("Tier", "tier"),
    ("KMS key", "key_id"),
    ("Data type", "data_type"),
    ("Description", "description"),
    ("Allowed pattern", "allowed_pattern"),
)


@value
class Changed:
    """Something that is told about both versions, and differs."""

    name: str
    before: str
    after: str


class CompareForm(forms.Form):
    """Two versions of those that there are; the earlier one is compared with the later."""

    before = forms.TypedChoiceField(label="From version", coerce=int)
    after = forms.TypedChoiceField(label="To version", coerce=int)

    def __init__(self, numbers: list[int], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("before", "after"):
            choices = [(each, str(each)) for each in numbers]
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class OfVersions(OneParameter):
    def history(self) -> list[ParameterHistory]:
        self.describe()
        if self.versions.refusal is not None:
            raise Refused(self.versions.refusal)
        found: list[ParameterHistory] = self.versions.output
        return found


class History(OfVersions):
    template = "console/params/history.html"

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"Versions of {self.name}"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        versions = self.history()
        numbers = [each.version for each in versions]
        latest = {"after": numbers[0], "before": numbers[min(1, len(numbers) - 1)]}
        return self.show(
            name=self.name,
            versions=versions,
            form=CompareForm(numbers, initial=latest),
            back=self.address(),
        )


class Compare(OfVersions):
    """What is known about both without their values, and by POST what differs in these."""

    http_method_names = ["get", "head", "post"]
    template = "console/params/compare.html"

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"Compare versions of {self.name}"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        return self._compared(reveal=False)

    def post(self, request: HttpRequest, region: str) -> HttpResponse:
        return self._compared(reveal=True)

    def _compared(self, *, reveal: bool) -> HttpResponse:
        versions = {each.version: each for each in self.history()}
        form = CompareForm(list(versions), self.request.GET)
        if not form.is_valid():
            return self._shown(form, status=UNPROCESSABLE)
        before = versions[form.cleaned_data["before"]]
        after = versions[form.cleaned_data["after"]]
        told = {"before": before, "after": after, "changed": _changed(before, after)}
        return self._revealed(form, told) if reveal else self._shown(form, **told)

    def _revealed(self, form: CompareForm, told: dict[str, Any]) -> HttpResponse:
        texts = []
        for version in (told["before"], told["after"]):
            given = {"Name": f"{self.name}:{version.version}", "WithDecryption": True}
            answer = self.try_to_ask(GetParameter, given)
            if answer.refusal is not None:
                status = answer.refusal.status
                return self._shown(form, refusal=answer.refusal, status=status, **told)
            texts.append(answer.output.parameter.value)
        separator = "," if told["after"].type == Type.STRING_LIST else "\n"
        lines = difference(*(text.split(separator) for text in texts))
        return self._shown(form, lines=lines, revealed=True, **told)

    def _shown(self, form: CompareForm, **more: Any) -> HttpResponse:
        back = self.address("parameter_history")
        return self.show(name=self.name, form=form, back=back, **more)


def _changed(before: ParameterHistory, after: ParameterHistory) -> list[Changed]:
    facts = [(name, getattr(before, key), getattr(after, key)) for name, key in FACTS]
    facts.append(("Policies", _policies(before), _policies(after)))
    return [Changed(name, old or "", new or "") for name, old, new in facts if old != new]


def _policies(version: ParameterHistory) -> str:
    return "\n".join(json.dumps(json.loads(each.policy_text)) for each in version.policies)
