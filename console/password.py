"""The page on which operators change their password."""

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from console import throttle
from console.models import Operator
from console.operations.change_password import ChangePassword
from console.pages import Page

MOST = 128  # characters, as IAM has it


def _password(label: str, autocomplete: str, help_text: str = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(
        label=label, max_length=MOST, strip=False, widget=widget, help_text=help_text
    )


class PasswordForm(forms.Form):
    old = _password("Old password", "current-password")
    new = _password("New password", "new-password", "At least 12 characters.")
    again = _password("New password again", "new-password")

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("new"):
            raise forms.ValidationError("This is not the same password.")
        return again


class ChangePasswordPage(Page):
    http_method_names = ["get", "head", "post"]
    title = "Change password"
    template = "console/password.html"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        return self.show(form=PasswordForm())

    def post(self, request: HttpRequest, region: str) -> HttpResponse:
        form = PasswordForm(request.POST)
        subject = throttle.subject(f"change of {request.user}", self.caller.source_ip)
        if form.is_valid() and throttle.admit(subject, timezone.now()):
            form.add_error(None, "Too many failed attempts. Wait before you try again.")
        if not form.is_valid():
            return self.show(form=form, status=422)
        given = form.cleaned_data
        params = {"OldPassword": given["old"], "NewPassword": given["new"]}
        answer = self.try_to_ask(ChangePassword, params)
        if answer.refusal is not None:
            return self.show(form=form, refusal=answer.refusal, status=answer.refusal.status)
        throttle.forget(subject)
        # of this session only: all others end
        update_session_auth_hash(
            request, Operator.objects.get(user__unique_id=self.caller.principal.id)
        )
        messages.success(request, "The password is changed. Other sessions have ended.")
        return redirect("admin:index")
