"""What differs between two versions of a secret."""

import json
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from console.actions import UNPROCESSABLE
from console.difference import difference
from secrets_app.admin import timeline
from secrets_app.admin.create import fields_of
from secrets_app.admin.reveal import text_of
from secrets_app.admin.secret import OneSecret
from secrets_app.admin.timeline import Entry
from secrets_app.lookup import CURRENT, PREVIOUS
from secrets_app.operations.get_secret_value import GetSecretValue
from secrets_app.shapes import SecretValue


class CompareForm(forms.Form):
    """Two versions of those that there are."""

    before = forms.ChoiceField(label="From version")
    after = forms.ChoiceField(label="To version")

    def __init__(self, entries: list[Entry], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [(each.version_id, _name(each)) for each in entries]
        for name in ("before", "after"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class Compare(OneSecret):
    """When both were made, and by POST what differs in their values."""

    http_method_names = ["get", "head", "post"]
    template = "console/secrets/compare.html"

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"Compare versions of {self.id}"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        return self._compared(reveal=False)

    def post(self, request: HttpRequest, region: str) -> HttpResponse:
        return self._compared(reveal=True)

    def _compared(self, *, reveal: bool) -> HttpResponse:
        told = self.describe()
        found = timeline.versions(self, told, old=True)
        if found.refusal is not None:
            return self._shown(refusal=found.refusal, status=found.refusal.status)
        entries = {each.version_id: each for each in found.entries if each.created}
        labels = {label: name for name, each in entries.items() for label in each.labels}
        latest = {"after": labels.get(CURRENT), "before": labels.get(PREVIOUS)}
        asked = self.request.GET if "before" in self.request.GET else None
        form = CompareForm(list(entries.values()), asked, initial=latest)
        if not form.is_bound:
            return self._shown(form=form)
        if not form.is_valid():
            return self._shown(form=form, status=UNPROCESSABLE)
        both = {name: entries[form.cleaned_data[name]] for name in ("before", "after")}
        return self._revealed(form, both) if reveal else self._shown(form=form, **both)

    def _revealed(self, form: CompareForm, both: dict[str, Entry]) -> HttpResponse:
        texts = []
        for version in both.values():
            given = {"SecretId": self.id, "VersionId": version.version_id}
            answer = self.try_to_ask(GetSecretValue, given)
            if answer.refusal is not None:
                status = answer.refusal.status
                return self._shown(form=form, refusal=answer.refusal, status=status, **both)
            texts.append(_lines(answer.output))
        return self._shown(form=form, lines=difference(*texts), revealed=True, **both)

    def _shown(self, **more: Any) -> HttpResponse:
        return self.show(back=self.address(), **more)


def _lines(shown: SecretValue) -> list[str]:
    """Of fields one line each, whatever their order; else the lines of the text."""
    found = fields_of(shown.secret_string)
    if found is None:
        return text_of(shown).split("\n")
    return [f"{key}: {json.dumps(found[key], ensure_ascii=False)}" for key in sorted(found)]


def _name(version: Entry) -> str:
    made = f"{version.created:%Y-%m-%d %H:%M} UTC" if version.created else ""
    labels = ", ".join(version.labels) or "no label"
    return f"{version.version_id[:8]}…, {made}, {labels}"
