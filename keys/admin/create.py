"""Making a key."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from console.pages import Page
from console.refusals import Refusal
from keys.operations.create_alias import CreateAlias
from keys.operations.create_key import CreateKey

PREFIX = "alias/"


class KeyForm(forms.Form):
    alias = forms.RegexField(
        regex=r"\A(alias/)?[a-zA-Z0-9/_-]{1,250}\Z",
        required=False,
        help_text="A name to call the key by: letters, digits, / _ and -.",
        error_messages={"invalid": "An alias has letters, digits, / _ and - only."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    description = forms.CharField(required=False, max_length=8192)
    tags = forms.CharField(
        required=False,
        help_text="One a line: name=value.",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )

    def clean_alias(self) -> str:
        given: str = self.cleaned_data["alias"]
        return PREFIX + given.removeprefix(PREFIX) if given else ""

    def clean_tags(self) -> list[dict[str, str]]:
        lines = [line.strip() for line in self.cleaned_data["tags"].splitlines()]
        return [_tag(line) for line in lines if line]


class Create(Page):
    http_method_names = ["get", "head", "post"]
    section, title = "keys", "Create key"
    template = "console/keys/create.html"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        return self.show(form=KeyForm())

    def post(self, request: HttpRequest, region: str) -> HttpResponse:
        form = KeyForm(request.POST)
        if not form.is_valid():
            return self.show(form=form, status=422)
        given = form.cleaned_data
        made = self.try_to_ask(
            CreateKey, {"Description": given["description"], "Tags": given["tags"]}
        )
        if made.refusal is not None:
            return self.show(form=form, refusal=made.refusal, status=made.refusal.status)
        key_id = made.output.key_metadata.key_id
        self._name(key_id, given["alias"])
        return redirect("admin:key", region=region, key_id=key_id)

    def _name(self, key_id: str, alias: str) -> None:
        """Two calls, as on AWS: the key is there even if it could not be given its alias."""
        refusal: Refusal | None = None
        if alias:
            params: dict[str, Any] = {"AliasName": alias, "TargetKeyId": key_id}
            refusal = self.try_to_ask(CreateAlias, params).refusal
        if refusal is None:
            messages.success(self.request, "The key is made.")
        else:
            text = f"The key is made, but it has no alias: {refusal.message or refusal.code}"
            messages.warning(self.request, text)


def _tag(line: str) -> dict[str, str]:
    name, equals, value = line.partition("=")
    if not equals or not name.strip():
        raise forms.ValidationError(f"“{line}” is not a tag: write name=value.")
    return {"TagKey": name.strip(), "TagValue": value.strip()}
