"""Having a key deleted, and taking that back."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpResponse

from keys.admin.actions import KeyAction
from keys.identifiers import ALIAS_PREFIX
from keys.operations.cancel_key_deletion import CancelKeyDeletion
from keys.operations.schedule_key_deletion import ScheduleKeyDeletion
from keys.shapes import KeyMetadata

FEWEST_DAYS, MOST_DAYS = 7, 30


class DeletionForm(forms.Form):
    days = forms.IntegerField(
        label="Days to wait",
        min_value=FEWEST_DAYS,
        max_value=MOST_DAYS,
        initial=MOST_DAYS,
        help_text="From 7 to 30. Until then the key cannot be used, and this can be cancelled.",
    )
    name = forms.CharField(
        label="Type the key's id or one of its aliases",
        max_length=256,
        help_text="So that it is this key, and no other.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, names: frozenset[str] = frozenset()) -> None:
        super().__init__(*args)
        self._names = names

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        if not {name, ALIAS_PREFIX + name} & self._names:
            raise forms.ValidationError("This is not the key's id, nor one of its aliases.")
        return name


class Schedule(KeyAction):
    operation = ScheduleKeyDeletion
    form_class = DeletionForm
    verb = "Schedule deletion"
    explanation = (
        "When the days are over, the key is deleted for good. "
        "Nobody will ever be able to decrypt what was encrypted with it."
    )
    done = "The key will be deleted."
    dangerous = True

    def form(self, subject: KeyMetadata) -> DeletionForm:
        return DeletionForm(self.request.POST, names=frozenset([self.key_id, *self.aliases()]))

    def asking(self, *given: Any, **more: Any) -> HttpResponse:
        return super().asking(*given, aliases=self.aliases(), **more)

    def params(self, subject: KeyMetadata, form: forms.Form) -> Mapping[str, Any]:
        days = form.cleaned_data["days"]
        return {**super().params(subject, form), "PendingWindowInDays": days}


class Cancel(KeyAction):
    operation = CancelKeyDeletion
    verb = "Cancel deletion"
    explanation = "The key stays. It is disabled, and can be enabled again."
    done = "The key will not be deleted. It is disabled."
