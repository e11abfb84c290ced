"""Giving a key another alias, and taking one away."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest

from keys.admin.actions import KeyAction
from keys.identifiers import ALIAS_PREFIX
from keys.operations.create_alias import CreateAlias
from keys.operations.delete_alias import DeleteAlias
from keys.shapes import KeyMetadata

_NAME = re.compile(r"\A(alias/)?[a-zA-Z0-9/_-]{1,250}\Z", re.ASCII)


class AliasField(forms.RegexField):
    """An alias, with or without "alias/" before it; cleaned, with it."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            regex=_NAME,
            help_text="A name to call the key by: letters, digits, / _ and -."
            " It may be written with alias/ before it or without.",
            error_messages={"invalid": "An alias has letters, digits, / _ and - only."},
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            **more,
        )

    def clean(self, value: Any) -> str:
        given: str = super().clean(value)
        return ALIAS_PREFIX + given.removeprefix(ALIAS_PREFIX) if given else ""


class AliasForm(forms.Form):
    alias = AliasField()


class Add(KeyAction):
    operation = CreateAlias
    form_class = AliasForm
    verb = "Add alias"
    explanation = "The key can be called by the alias until that is deleted or moved."
    done = "The alias is added."
    refused_field = "alias"

    def params(self, subject: KeyMetadata, form: forms.Form) -> Mapping[str, Any]:
        return {"AliasName": form.cleaned_data["alias"], "TargetKeyId": self.key_id}


class Delete(KeyAction):
    operation = DeleteAlias
    verb = "Delete alias"
    done = "The alias is deleted."
    dangerous = True

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.alias = ALIAS_PREFIX + kwargs["alias"]

    @property
    def explanation(self) -> str:  # type: ignore[override]
        return (
            f"Whoever calls the key by {self.alias} finds nothing from now on. "
            "The key stays, and its other names do."
        )

    def describe(self) -> KeyMetadata:
        """The key, if the alias is one of its own: it may have been moved to another."""
        key = super().describe()
        if self.alias not in self.aliases():
            raise Http404
        return key

    def params(self, subject: KeyMetadata, form: forms.Form) -> Mapping[str, Any]:
        return {"AliasName": self.alias}
