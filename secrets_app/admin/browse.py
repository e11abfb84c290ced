"""The list of secrets."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from console.actions import UNPROCESSABLE
from console.fields import PLAIN
from console.pages import Page
from secrets_app import filters
from secrets_app.admin import rotations
from secrets_app.operations.list_secrets import ListSecrets

ROWS = 50
SORTS = [
    ("name asc", "Name"),
    ("created-date desc", "Creation, newest first"),
    ("created-date asc", "Creation, oldest first"),
    ("last-changed-date desc", "Last change, newest first"),
    ("last-changed-date asc", "Last change, oldest first"),
    ("last-accessed-date desc", "Last read, newest first"),
    ("last-accessed-date asc", "Last read, longest ago first"),
]
DEFAULT_SORT = SORTS[0][0]
_FILTERS = (
    ("all", filters.ALL),
    ("name", filters.NAME),
    ("description", filters.DESCRIPTION),
    ("tag_key", filters.TAG_KEY),
    ("tag_value", filters.TAG_VALUE),
)


def _text(label: str, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs=PLAIN)
    return forms.CharField(label=label, required=False, max_length=512, widget=widget, **more)


class SearchForm(forms.Form):
    """AWS's filters. An exclamation mark in front of one turns it round."""

    all = _text("Words to search for")
    name = _text("Name begins with")
    description = _text("Words in the description")
    tag_key = _text("A tag's name begins with")
    tag_value = _text("A tag's value begins with")
    sort = forms.ChoiceField(label="In order of", choices=SORTS, required=False)
    deleted = forms.BooleanField(label="Also those that are scheduled for deletion", required=False)

    def params(self) -> dict[str, Any]:
        """What ListSecrets is asked."""
        by, _, order = (self.cleaned_data["sort"] or DEFAULT_SORT).partition(" ")
        return {
            "Filters": list(self._filters()),
            "SortBy": by,
            "SortOrder": order,
            "IncludePlannedDeletion": self.cleaned_data["deleted"],
            "MaxResults": ROWS,
        }

    def _filters(self) -> Iterator[dict[str, Any]]:
        for field, key in _FILTERS:
            if told := self.cleaned_data[field]:
                yield {"Key": key, "Values": [told]}

    @property
    def is_narrow(self) -> bool:
        return any(self.cleaned_data[field] for field, _ in _FILTERS)


class SecretList(Page):
    section, title = "secrets", "Secrets"
    template = "console/secrets/list.html"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        form, after = SearchForm(request.GET), request.GET.get("after", "")
        if not form.is_valid():
            return self.show(form=form, status=UNPROCESSABLE)
        asked = form.params() | ({"NextToken": after} if after else {})
        page = self.ask(ListSecrets, asked)
        return self.show(
            form=form,
            secrets=rotations.listed(self.caller, page.secret_list),
            after=page.next_token,
            first=not after,
            narrow=form.is_narrow,
            by_others=any(form.cleaned_data[field] for field, _ in _FILTERS[1:]),
            asked=self.asked,
        )
