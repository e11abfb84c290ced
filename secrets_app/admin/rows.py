"""A secret's value as a form has it: fields with keys and values, or a text."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString

from console.fields import PLAIN, replace_sent

BLANK_ROWS = 4
DATABASE = ("engine", "host", "port", "username", "password", "dbname")
Row = tuple[str, str]


class Rows(forms.Widget):
    """Pairs of inputs, NAME_key and NAME_value. What was typed as a value is not sent back."""

    use_fieldset = True

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        rows = [key for key, _ in value or ()]
        return render_to_string("console/secrets/rows.html", {"name": name, "keys": rows})

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Row]:
        if not isinstance(data, MultiValueDict):
            return []
        keys, values = data.getlist(f"{name}_key"), data.getlist(f"{name}_value")
        return [(key.strip(), told) for key, told in zip(keys, values, strict=False)]

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_1"


class RowsField(forms.Field):
    """Cleaned, a dict: rows without a value are left out."""

    widget = Rows

    def clean(self, value: list[Row]) -> dict[str, str]:
        filled = [(key, told) for key, told in value if told]
        if any(not key for key, _ in filled):
            raise ValidationError("There is a value without a key.")
        if len(dict(filled)) < len(filled):
            raise ValidationError("A key is there more than once.")
        return dict(filled)


class ValueForm(forms.Form):
    """A value, as fields or as a text, and the id of the version to be, so that it is made once."""

    pairs = RowsField(
        label="Fields",
        required=False,
        help_text="Kept as JSON. Rows without a value are left out.",
    )
    generate = forms.CharField(
        label="Field that gets a new random password",
        required=False,
        max_length=256,
        help_text="Its key, such as password. It is made here; nobody sees it before it is "
        "revealed.",
        widget=forms.TextInput(attrs=PLAIN),
    )
    exclude = forms.CharField(
        label="Characters that the password is made without",
        required=False,
        strip=False,
        max_length=4096,
        initial="/@\"'\\",
        widget=forms.TextInput(attrs=PLAIN),
    )
    text = forms.CharField(
        label="Or a text, in place of fields",
        required=False,
        strip=False,
        help_text="Kept as it is typed, line breaks as one character each.",
        widget=forms.Textarea(attrs={"rows": 4, **PLAIN}),
    )
    token = forms.CharField(min_length=32, max_length=64, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        return text.replace("\r\n", "\n")  # as browsers send what was typed as "\n"

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        fields = found.get("pairs") or {}
        if found.get("text") and (fields or found.get("generate")):
            raise ValidationError("Give fields or a text, and not both.")
        if found.get("generate") in fields:
            self.add_error("generate", "This field has a value already.")
        return found

    @property
    def has_value(self) -> bool:
        found = self.cleaned_data
        return bool(found["text"] or found["pairs"] or found["generate"])

    @property
    def rules(self) -> dict[str, Any]:
        """What GetRandomPassword is asked for the field that is to be generated."""
        return {"ExcludeCharacters": self.cleaned_data["exclude"]}

    def string(self, password: str = "", kept: Mapping[str, Any] | None = None) -> str:
        """The value; of fields, `kept` are those that stay unless they are given."""
        found = self.cleaned_data
        if found["text"]:
            return str(found["text"])
        made = {found["generate"]: password} if found["generate"] else {}
        return json.dumps({**(kept or {}), **found["pairs"], **made}, ensure_ascii=False)

    def forget(self) -> None:
        """Drop the values that were typed, before the form is shown again."""
        sent = self.data
        if not isinstance(sent, MultiValueDict) or self.errors is None:
            return
        typed = [name for name in ("text", "pairs_value") if any(sent.getlist(name))]
        if typed:
            replace_sent(self, "text", "")
            field = "text" if "text" in typed else "pairs"
            self.add_error(field, "A secret is not sent back to you. Please type it again.")


def blank(keys: tuple[str, ...]) -> list[Row]:
    """Rows for a form: these keys, and more for others."""
    return [(key, "") for key in (*keys, *[""] * BLANK_ROWS)]
