"""Making a password that is kept nowhere."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from console.actions import UNPROCESSABLE
from console.fields import PLAIN
from console.pages import Page
from secrets_app.operations.get_random_password import DEFAULT_LENGTH, GetRandomPassword

MOST_LENGTH = 4096


def _without(label: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


class PasswordForm(forms.Form):
    """Each field is a member of GetRandomPassword's request."""

    PasswordLength = forms.IntegerField(
        label="Length", min_value=1, max_value=MOST_LENGTH, initial=DEFAULT_LENGTH
    )
    ExcludeCharacters = forms.CharField(
        label="Without these characters",
        required=False,
        strip=False,
        max_length=4096,
        help_text="Such as those that a database or a shell stumbles over.",
        widget=forms.TextInput(attrs=PLAIN),
    )
    ExcludeUppercase = _without("No capital letters")
    ExcludeLowercase = _without("No small letters")
    ExcludeNumbers = _without("No digits")
    ExcludePunctuation = _without("No punctuation")
    IncludeSpace = _without("Spaces, too")
    RequireEachIncludedType = forms.BooleanField(
        label="At least one of each kind of character", required=False, initial=True
    )


class Password(Page):
    """The password is in the answer to a POST only, as what is revealed is."""

    http_method_names = ["get", "head", "post"]
    section, title = "secrets", "Make a password"
    template = "console/secrets/password.html"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        return self.show(form=PasswordForm())

    def post(self, request: HttpRequest, region: str) -> HttpResponse:
        form = PasswordForm(request.POST)
        if not form.is_valid():
            return self.show(form=form, status=UNPROCESSABLE)
        answer = self.try_to_ask(GetRandomPassword, form.cleaned_data)
        if answer.refusal is not None:
            return self.show(form=form, refusal=answer.refusal, status=answer.refusal.status)
        made: Any = answer.output
        return self.show(form=form, password=made.random_password)
