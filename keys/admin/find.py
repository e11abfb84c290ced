"""The way to a key by what a person knows of its name."""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from console.pages import Answer, Page
from console.refusals import Refused
from keys import identifiers
from keys.admin import rows
from keys.admin.keys import ROWS
from keys.errors import NotFound
from keys.identifiers import ALIAS_PREFIX
from keys.operations.describe_key import DescribeKey
from keys.operations.list_keys import ListKeys
from service.arns import Arn
from service.regions import served_regions

_START = re.compile(r"[0-9a-f-]{1,35}|mrk-[0-9a-f]{0,31}", re.ASCII)  # of an id
NOT_FOUND = 404


class Find(Page):
    """By id or how it begins, ARN, or alias, with or without "alias/" before it."""

    section, title = "keys", "Find a key"
    template = "console/keys/found.html"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        name = request.GET.get("name", "").strip()
        if not name:
            return redirect("admin:keys", region=region)
        if (elsewhere := _region(name)) != region and elsewhere in served_regions():
            return redirect(reverse("admin:find_key", args=[elsewhere], query={"name": name}))
        called = self._called(name)
        if called.output is not None:
            return redirect("admin:key", region=region, key_id=called.output.key_metadata.key_id)
        found = self._beginning(name.lower())
        if len(found) == 1:
            return redirect("admin:key", region=region, key_id=found[0])
        if not found and called.refusal is not None and called.refusal.status != NOT_FOUND:
            raise Refused(called.refusal)
        return self.show(
            name=name,
            keys=rows.rows(self.caller, found[:ROWS]),
            more=len(found) > ROWS,
            status=200 if found else NOT_FOUND,
        )

    def _called(self, name: str) -> Answer:
        """What DescribeKey says to the name; nothing if it can be none."""
        for each in (name, ALIAS_PREFIX + name):
            try:
                identifiers.parse(self.caller, each, aliases=True)
            except NotFound:
                continue
            return self.try_to_ask(DescribeKey, {"KeyId": each})
        return Answer()

    def _beginning(self, start: str) -> list[str]:
        """The ids of keys that begin so, for those who may list keys."""
        if not _START.fullmatch(start) or self.try_to_ask(ListKeys, {"Limit": 1}).refusal:
            return []
        return rows.beginning(self.caller, start, ROWS + 1)


def _region(name: str) -> str | None:
    """The region that an ARN says."""
    try:
        return Arn.parse(name).region
    except ValueError:
        return None
