"""The trail, newest first, and one record of it."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from audit import search, tokens
from audit.admin.forms import SearchForm
from audit.errors import InvalidNextToken
from audit.lines import line
from audit.operations.lookup_events import LookupEvents
from console.pages import Page

ROWS = 50


class Events(Page):
    section, title = "audit", "Audit trail"
    template = "console/audit/list.html"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        form = SearchForm(request.GET)
        if not form.is_valid():
            return self.show(form=form, status=422)
        query = form.query(self.caller)
        # it decides and is recorded; the search itself can be narrower than AWS's
        self.ask(LookupEvents, _lookup(query))
        found = search.find_indexed(query, limit=ROWS + 1, after=_after(request, query))
        more = len(found) > ROWS
        return self.show(
            form=form,
            lines=[line(each.event) for each in found[:ROWS]],
            after=tokens.seal(found[ROWS - 1].place, query) if more else None,
            first="after" not in request.GET,
            asked=self.asked,
            searching=any(form.cleaned_data.values()),
        )


class OneEvent(Page):
    section, title = "audit", "Record"
    template = "console/audit/event.html"

    def get(self, request: HttpRequest, region: str, event_id: uuid.UUID) -> HttpResponse:
        attribute = {"AttributeKey": "EventId", "AttributeValue": str(event_id)}
        answer = self.ask(LookupEvents, {"LookupAttributes": [attribute], "MaxResults": 1})
        if not answer.events:
            raise Http404
        event = answer.events[0]
        record = json.loads(event.cloud_trail_event)
        return self.show(
            event=event,
            record=record,
            text=json.dumps(record, indent=2, ensure_ascii=False),
        )


def _lookup(query: search.Query) -> dict[str, Any]:
    """The question as LookupEvents knows it: one attribute, and the time."""
    asked: dict[str, Any] = {"MaxResults": 1}
    attributes = {
        "EventName": query.event_name,
        "Username": query.username,
        "ResourceName": query.resource_name,
        "AccessKeyId": query.access_key_id,
        "ReadOnly": None if query.read_only is None else str(query.read_only).lower(),
    }
    for key, value in attributes.items():
        if value is not None:
            asked["LookupAttributes"] = [{"AttributeKey": key, "AttributeValue": value}]
            break
    times: Mapping[str, Any] = {"StartTime": query.start, "EndTime": query.end}
    return asked | {name: time for name, time in times.items() if time is not None}


def _after(request: HttpRequest, query: search.Query) -> search.Place | None:
    token = request.GET.get("after")
    if not token:
        return None
    try:
        return tokens.opened(token, query)
    except InvalidNextToken:
        raise Http404 from None
