"""What can be searched for in the trail."""

from datetime import UTC, datetime
from typing import Any

from django import forms

from audit.search import Query
from service.arns import Arn
from service.caller import Caller


class TimeField(forms.DateTimeField):
    """A time in UTC, to the minute, as browsers send it."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S"
        )
        super().__init__(required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> datetime | None:
        found = super().clean(value)
        return None if found is None else found.astimezone(UTC)


class SearchForm(forms.Form):
    event_name = forms.CharField(label="Event", required=False, max_length=128)
    username = forms.CharField(label="User", required=False, max_length=128)
    resource = forms.CharField(required=False, max_length=2000, help_text="An ARN, or a key's id.")
    access_key_id = forms.CharField(label="Access key", required=False, max_length=128)
    start = TimeField(label="From (UTC)")
    end = TimeField(label="To (UTC)")
    failed = forms.BooleanField(label="Failures only", required=False)
    changes = forms.BooleanField(label="Changes only", required=False)

    def clean(self) -> dict[str, Any]:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and start > end:
            self.add_error("end", "The end is before the start.")
        return self.cleaned_data

    def query(self, caller: Caller) -> Query:
        given = self.cleaned_data
        return Query(
            account=caller.account,
            region=caller.region,
            start=given["start"],
            end=given["end"],
            event_name=given["event_name"] or None,
            username=given["username"] or None,
            access_key_id=given["access_key_id"] or None,
            resource_name=_arn(caller, given["resource"]),
            failed=given["failed"],
            read_only=False if given["changes"] else None,
        )


def _arn(caller: Caller, text: str) -> str | None:
    """A resource's ARN as it is, a key's id as the key's ARN."""
    if not text or text.startswith("arn:"):
        return text or None
    return str(Arn(caller.partition, "kms", caller.region, caller.account, f"key/{text}"))
