"""The list of keys, and the way to one by its id, ARN or alias."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from console.pages import Page
from keys.admin import rows
from keys.operations.describe_key import DescribeKey
from keys.operations.list_keys import ListKeys

ROWS = 50


class KeyList(Page):
    section, title = "keys", "Keys"
    template = "console/keys/list.html"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        params: dict[str, Any] = {"Limit": ROWS}
        if marker := request.GET.get("after"):
            params["Marker"] = marker
        page = self.ask(ListKeys, params)
        return self.show(
            keys=rows.rows(self.caller, [entry.key_id for entry in page.keys]),
            after=page.next_marker if page.truncated else None,
            first=not marker,
        )


class Find(Page):
    section, title = "keys", "Find a key"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        name = request.GET.get("name", "").strip()
        if not name:
            return redirect("admin:keys", region=region)
        found = self.ask(DescribeKey, {"KeyId": name}).key_metadata
        return redirect(reverse("admin:key", args=[region, found.key_id]))
