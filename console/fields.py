"""Fields that forms of several apps have."""

from django import forms


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
