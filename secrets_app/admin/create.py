"""Making a secret, and its next version."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from console.actions import UNPROCESSABLE
from console.fields import PLAIN, TagsField, replace_sent
from console.pages import Answer, Page
from console.refusals import Refusal
from keys.admin.choosing import aliases
from secrets_app.admin import rows
from secrets_app.admin.acting import SecretAction, current_of
from secrets_app.admin.rows import ValueForm
from secrets_app.models import MOST_NAME
from secrets_app.operations.create_secret import CreateSecret
from secrets_app.operations.describe_secret import DescribeSecretOutput
from secrets_app.operations.get_random_password import GetRandomPassword
from secrets_app.operations.get_secret_value import GetSecretValue
from secrets_app.operations.put_secret_value import PutSecretValue
from secrets_app.sealing import DEFAULT_KEY
from service.ids import uuid4

# where in the form to say why CreateSecret did not succeed
_FIELDS = {
    "ResourceExistsException": "name",
    "InvalidRequestException": "name",
    "EncryptionFailure": "key_id",
    "NotFoundException": "key_id",
}
KEY_HELP = (
    f"An id, an ARN or an alias. {DEFAULT_KEY} if it is empty: a key of this account that needs "
    "no care, but that no other account can use. With a key of your own, its key policy decides "
    "too who may read the secret."
)


def key_field() -> forms.CharField:
    return forms.CharField(
        label="KMS key",
        required=False,
        max_length=2048,
        help_text=KEY_HELP,
        widget=forms.TextInput(attrs={**PLAIN, "list": "kms-keys"}),
    )


class SecretForm(ValueForm):
    field_order = ("name", "description")
    name = forms.CharField(
        max_length=MOST_NAME,
        help_text="Letters, digits and / _ + = . @ ! -",
        widget=forms.TextInput(attrs=PLAIN),
    )
    description = forms.CharField(required=False, max_length=2048)
    key_id = key_field()
    tags = TagsField()

    def params(self) -> dict[str, Any]:
        """What CreateSecret is asked, but for the value."""
        given = self.cleaned_data
        tags = [{"Key": name, "Value": told} for name, told in given["tags"]]
        more = {"Description": given["description"], "KmsKeyId": given["key_id"], "Tags": tags}
        return {
            "Name": given["name"],
            "ClientRequestToken": given["token"],
            **{name: told for name, told in more.items() if told},
        }


class Create(Page):
    http_method_names = ["get", "head", "post"]
    section, title = "secrets", "Create secret"
    template = "console/secrets/create.html"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        keys = rows.DATABASE if "database" in request.GET else ()
        return self._asking(SecretForm(initial={"pairs": rows.blank(keys), "token": uuid4()}))

    def post(self, request: HttpRequest, region: str) -> HttpResponse:
        form = SecretForm(request.POST)
        if not form.is_valid():
            return self._asking(form, status=UNPROCESSABLE)
        value = value_of(self, form)
        if value.refusal is not None:
            return self._asking(form, status=value.refusal.status, refusal=value.refusal)
        answer = self.try_to_ask(CreateSecret, {**form.params(), **value.output})
        if answer.refusal is not None:
            return self._asking(form, status=answer.refusal.status, **_told(form, answer.refusal))
        messages.success(request, "The secret is made.")
        query = {"id": form.cleaned_data["name"]}
        return redirect(reverse("admin:secret", args=[region], query=query))

    def _asking(self, form: SecretForm, **more: Any) -> HttpResponse:
        form.forget()
        return self.show(form=form, aliases=aliases(self), **more)


class PutForm(ValueForm):
    field_order = ("merge",)
    merge = forms.BooleanField(
        label="Keep the fields that are not listed here",
        required=False,
        help_text="The current value is read for that, as you: the audit trail will say so.",
    )
    current = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, subject: DescribeSecretOutput, **more: Any) -> None:
        super().__init__(*args, **more)
        self._now = current_of(subject)
        if not self._now:
            del self.fields["merge"]

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if found.get("current") != self._now:
            replace_sent(self, "current", self._now)
            raise forms.ValidationError(
                "Somebody else made another version current meanwhile. Look at it, then send "
                "this again."
            )
        if not self.errors and not self.has_value:
            raise forms.ValidationError("Give fields or a text.")
        return found


class Put(SecretAction):
    operation = PutSecretValue
    template = "console/secrets/put.html"
    verb = "Put new value"
    explanation = (
        "Whoever reads the secret gets the new value from now on. The value that was current "
        "stays, with the label AWSPREVIOUS."
    )
    done = "The new value is current."

    def new_form(self, subject: DescribeSecretOutput) -> PutForm:
        initial = {"pairs": rows.blank(()), "token": uuid4(), "current": current_of(subject)}
        return PutForm(subject=subject, initial=initial)

    def form(self, subject: DescribeSecretOutput) -> PutForm:
        return PutForm(self.request.POST, subject=subject)

    def post(self, request: HttpRequest, **path: str) -> HttpResponse:
        subject = self.describe()
        form = self.form(subject)
        if not form.is_valid():
            return self.asking(subject, form, status=UNPROCESSABLE)
        value = value_of(self, form, self._kept(subject, form))
        if value.refusal is not None:
            return self.asking(subject, form, status=value.refusal.status, refusal=value.refusal)
        params = {"SecretId": self.id, "ClientRequestToken": form.cleaned_data["token"]}
        answer = self.try_to_ask(PutSecretValue, {**params, **value.output})
        if answer.refusal is not None:
            return self.asking(subject, form, status=answer.refusal.status, refusal=answer.refusal)
        return self.succeeded(subject, form, answer.output)

    def asking(
        self, subject: DescribeSecretOutput, form: Any, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        form.forget()
        return super().asking(subject, form, status=status, **more)

    def _kept(self, subject: DescribeSecretOutput, form: PutForm) -> Answer:
        """The fields that stay: none, unless that was asked."""
        if not form.cleaned_data.get("merge") or form.cleaned_data["text"]:
            return Answer({})
        asked = {"SecretId": self.id, "VersionId": current_of(subject)}
        answer = self.try_to_ask(GetSecretValue, asked)
        if answer.refusal is not None:
            return answer
        found = fields_of(answer.output.secret_string)
        if found is None:
            why = "The current value has no fields that could be kept: it is not JSON."
            return Answer(refusal=Refusal("NoFields", why, UNPROCESSABLE))
        return Answer(found)


def value_of(page: Page, form: ValueForm, kept: Answer | None = None) -> Answer:
    """The members of a request that tell the value, or why there is none.

    A password is made by GetRandomPassword, which is decided and recorded like all.
    """
    if kept is not None and kept.refusal is not None:
        return kept
    if not form.has_value:
        return Answer({})
    password = ""
    if form.cleaned_data["generate"]:
        made = page.try_to_ask(GetRandomPassword, form.rules)
        if made.refusal is not None:
            return made
        password = made.output.random_password
    return Answer({"SecretString": form.string(password, kept.output if kept else None)})


def fields_of(text: str | None) -> dict[str, Any] | None:
    """A value's fields, if it is a JSON object."""
    try:
        found = json.loads(text or "")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _told(form: forms.Form, refusal: Refusal) -> Mapping[str, Any]:
    """At its field if there is one for that."""
    field = _FIELDS.get(refusal.code, "")
    if not field or refusal.denied:
        return {"refusal": refusal}
    form.add_error(field, refusal.message)
    return {}
