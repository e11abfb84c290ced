"""Fields that forms of several apps have."""

from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class TagsField(forms.CharField):
    """Tags, one a line; cleaned, names and values in their order."""

    def __init__(self) -> None:
        super().__init__(
            label="Tags",
            required=False,
            help_text="One a line: name=value.",
            widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        )

    def clean(self, value: object) -> list[tuple[str, str]]:
        lines = [line.strip() for line in super().clean(value).splitlines()]
        return [_tag(line) for line in lines if line]


def _tag(line: str) -> tuple[str, str]:
    name, equals, value = line.partition("=")
    if not equals or not name.strip():
        raise forms.ValidationError(f"“{line}” is not a tag: write name=value.")
    return name.strip(), value.strip()


class TypedNameForm(forms.Form):
    """Asks for the name of what something is done to: so that it is this one, and no other.

    `what` it is, in a word.
    """

    name = forms.CharField(
        max_length=2048,
        help_text="The whole of it, so that it is this one, and no other.",
        widget=forms.TextInput(attrs=PLAIN),
    )

    def __init__(self, *args: Any, what: str, expected: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["name"].label = f"Type the {what}'s name"
        self._what, self._expected = what, expected

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name != self._expected:
            raise forms.ValidationError(f"This is not the {self._what}'s name.")
        return name


def replace_sent(form: forms.Form, name: str, told: str) -> None:
    """In what was sent, for the form to be shown with."""
    if isinstance(form.data, MultiValueDict):
        form.data = MultiValueDict({**dict(form.data.lists()), name: [told]})
