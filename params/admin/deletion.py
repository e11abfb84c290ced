"""Deleting a parameter."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from params import names
from params.admin.acting import ParameterAction
from params.models import MOST_NAME
from params.operations.delete_parameter import DeleteParameter
from params.operations.describe_parameters import ParameterMetadata


class DeletionForm(forms.Form):
    name = forms.CharField(
        label="Type the parameter's name",
        max_length=MOST_NAME,
        help_text="The whole of it, so that it is this parameter, and no other.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, expected: str = "") -> None:
        super().__init__(*args)
        self._expected = expected

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name != self._expected:
            raise forms.ValidationError("This is not the parameter's name.")
        return name


class Delete(ParameterAction):
    operation = DeleteParameter
    form_class = DeletionForm
    verb = "Delete parameter"
    explanation = (
        "The parameter goes at once, with all its versions, labels and tags. "
        "This cannot be undone, and whoever reads it finds nothing from now on."
    )
    done = "The parameter is deleted."
    dangerous = True

    def form(self, subject: ParameterMetadata) -> DeletionForm:
        return DeletionForm(self.request.POST, expected=subject.name)

    def succeeded(
        self, subject: ParameterMetadata, form: forms.Form, output: object
    ) -> HttpResponse:
        messages.success(self.request, self.done)
        path = names.parent_of(names.path_of(subject.name))
        return redirect(reverse("admin:parameters", args=[self.region], query={"path": path}))
