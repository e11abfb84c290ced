"""Deleting a parameter."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from console.fields import TypedNameForm
from params import names
from params.admin.acting import ParameterAction
from params.operations.delete_parameter import DeleteParameter
from params.operations.describe_parameters import ParameterMetadata


class Delete(ParameterAction):
    operation = DeleteParameter
    verb = "Delete parameter"
    explanation = (
        "The parameter goes at once, with all its versions, labels and tags. "
        "This cannot be undone, and whoever reads it finds nothing from now on."
    )
    done = "The parameter is deleted."
    dangerous = True

    def new_form(self, subject: ParameterMetadata) -> TypedNameForm:
        return TypedNameForm(what="parameter", expected=subject.name)

    def form(self, subject: ParameterMetadata) -> TypedNameForm:
        return TypedNameForm(self.request.POST, what="parameter", expected=subject.name)

    def succeeded(
        self, subject: ParameterMetadata, form: forms.Form, output: object
    ) -> HttpResponse:
        messages.success(self.request, self.done)
        path = names.parent_of(names.path_of(subject.name))
        return redirect(reverse("admin:parameters", args=[self.region], query={"path": path}))
