"""Putting labels on a version of a parameter, and taking one off."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse

from console.actions import UNPROCESSABLE
from params.admin.acting import ParameterAction, number
from params.labels import MOST_LABELS
from params.operations.describe_parameters import ParameterMetadata
from params.operations.label_parameter_version import LabelParameterVersion
from params.operations.unlabel_parameter_version import UnlabelParameterVersion

_BETWEEN = re.compile(r"[\s,]+")


class LabelForm(forms.Form):
    labels = forms.CharField(
        help_text="One or more, with spaces between. A label has letters, digits and . - _ only, "
        "and begins neither with a digit nor with aws or ssm.",
        max_length=2_000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    version = forms.IntegerField(min_value=1)

    def clean_labels(self) -> list[str]:
        labels = [each for each in _BETWEEN.split(self.cleaned_data["labels"]) if each]
        if len(labels) > MOST_LABELS:
            raise forms.ValidationError(f"A version has at most {MOST_LABELS} labels.")
        return labels


class Label(ParameterAction):
    operation = LabelParameterVersion
    form_class = LabelForm
    verb = "Add labels"
    explanation = (
        "Whoever reads the parameter by one of the labels gets this version. "
        "A label that another version has moves to this one."
    )
    done = "The version has the labels."
    refused_field = "labels"

    def back(self) -> str:
        return self.address("parameter_history")

    def new_form(self, subject: ParameterMetadata) -> LabelForm:
        version = number(self.request.GET.get("version", "")) or subject.version
        return LabelForm(initial={"version": version})

    def params(self, subject: ParameterMetadata, form: forms.Form) -> Mapping[str, Any]:
        given = form.cleaned_data
        return {"Name": self.name, "ParameterVersion": given["version"], "Labels": given["labels"]}

    def succeeded(self, subject: ParameterMetadata, form: forms.Form, output: Any) -> HttpResponse:
        """AWS answers with the labels that cannot be; the others are on the version then."""
        if not output.invalid_labels:
            return super().succeeded(subject, form, output)
        wrong = output.invalid_labels
        others = set(form.cleaned_data["labels"]).difference(wrong)
        form.add_error("labels", f"These can be no labels: {', '.join(wrong)}.")
        if not others:
            return self.asking(subject, form, status=UNPROCESSABLE)
        done = f"These are on the version: {', '.join(sorted(others))}. Others are not."
        return self.asking(subject, form, status=UNPROCESSABLE, says=done)


class Unlabel(ParameterAction):
    operation = UnlabelParameterVersion
    verb = "Remove label"
    done = "The label is removed."

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.label = request.GET.get("label", "")
        self.version = number(request.GET.get("version", ""))
        if not self.label or not self.version:
            raise Http404

    @property
    def explanation(self) -> str:  # type: ignore[override]
        return (
            f"Whoever reads the parameter by the label {self.label} finds nothing from now on. "
            f"Version {self.version} stays."
        )

    def back(self) -> str:
        return self.address("parameter_history")

    def params(self, subject: ParameterMetadata, form: forms.Form) -> Mapping[str, Any]:
        return {"Name": self.name, "ParameterVersion": self.version, "Labels": [self.label]}

    def succeeded(self, subject: ParameterMetadata, form: forms.Form, output: Any) -> HttpResponse:
        if output.removed_labels:
            return super().succeeded(subject, form, output)
        form.add_error(None, f"Version {self.version} has no label {self.label}.")
        return self.asking(subject, form, status=UNPROCESSABLE)
