"""Having a secret deleted, and taking that back."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from console.fields import TypedNameForm
from secrets_app.admin.acting import SecretAction
from secrets_app.operations.delete_secret import (
    FEWEST_DAYS,
    MOST_DAYS,
    DeleteSecret,
    DeleteSecretOutput,
)
from secrets_app.operations.describe_secret import DescribeSecretOutput
from secrets_app.operations.restore_secret import RestoreSecret


class DeletionForm(TypedNameForm):
    field_order = ("days", "force", "name")
    days = forms.IntegerField(
        label="Days to wait",
        required=False,
        min_value=FEWEST_DAYS,
        max_value=MOST_DAYS,
        initial=MOST_DAYS,
        help_text="From 7 to 30. Until then nobody can read it, and it can be restored.",
    )
    force = forms.BooleanField(
        label="Delete it at once",
        required=False,
        help_text="Without a way back: its values are lost when you press the button.",
    )

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if not found.get("force") and not found.get("days") and "days" not in self.errors:
            self.add_error("days", "Say how many days to wait.")
        return found


class Delete(SecretAction):
    operation = DeleteSecret
    verb = "Delete secret"
    explanation = (
        "Whoever reads the secret finds nothing from now on. When the days are over it is gone "
        "for good, with all its versions."
    )
    dangerous = True

    def new_form(self, subject: DescribeSecretOutput) -> DeletionForm:
        return DeletionForm(what="secret", expected=subject.name)

    def form(self, subject: DescribeSecretOutput) -> DeletionForm:
        return DeletionForm(self.request.POST, what="secret", expected=subject.name)

    def obstacle(self, subject: DescribeSecretOutput) -> str:
        if subject.replication_status:
            regions = ", ".join(each.region for each in subject.replication_status)
            return f"It still has replicas, in {regions}. They have to go first."
        return super().obstacle(subject)

    def params(self, subject: DescribeSecretOutput, form: forms.Form) -> Mapping[str, Any]:
        given = form.cleaned_data
        if given["force"]:
            return {"SecretId": self.id, "ForceDeleteWithoutRecovery": True}
        return {"SecretId": self.id, "RecoveryWindowInDays": given["days"]}

    def succeeded(
        self, subject: DescribeSecretOutput, form: forms.Form, output: DeleteSecretOutput
    ) -> HttpResponse:
        if form.cleaned_data["force"]:
            messages.success(self.request, "The secret is deleted.")
            return redirect(reverse("admin:secrets", args=[self.region]))
        messages.success(self.request, "The secret will be deleted.")
        return redirect(self.back())


class Restore(SecretAction):
    operation = RestoreSecret
    verb = "Restore secret"
    explanation = "The secret is not deleted. Who may read it can read it again."
    done = "The secret is restored."
    of_deleted = True

    def obstacle(self, subject: DescribeSecretOutput) -> str:
        if subject.deleted_date is None:
            return "It is not scheduled for deletion."
        return super().obstacle(subject)
