"""The console's page of notices: what was told to others, what waits, and what went wrong."""

import json
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path

from audit.operations.lookup_events import LookupEvents
from console.pages import Page
from console.sections import Section
from notices import configured, listing
from notices.models import Delivery, State
from notices.posting import host
from service.value import value

MOST_DIGITS = 18
# in words, and how it looks
STATES = {
    State.WAITING: ("Waiting", "idle"),
    State.DELIVERED: ("Delivered", "good"),
    State.FAILED: ("Given up", "bad"),
}
CHOICES = [("", "Any"), *((state, word) for state, (word, _) in STATES.items())]


class StateForm(forms.Form):
    state = forms.ChoiceField(choices=CHOICES, required=False)


@value
class Line:
    """What the list tells of a delivery. `to` is the URL's host: its path may hold a token."""

    time: datetime
    what: str
    which: str
    resources: tuple[str, ...]
    to: str
    state: str
    look: str
    attempts: int
    again: datetime | None
    finished: datetime | None
    problem: str


class Notices(Page):
    """Who may read the trail may see them: they tell less than that."""

    section, title = "notices", "Notices"
    template = "console/notices/list.html"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        form = StateForm(request.GET)
        if not form.is_valid():
            return self.show(form=form, status=422)
        self.ask(LookupEvents, {"MaxResults": 1})
        state = form.cleaned_data["state"]
        found = listing.newest(
            account=self.caller.account,
            region=region,
            state=state,
            before=_before(request.GET.get("after", "")),
            length=listing.LENGTH + 1,
        )
        rows, more = found[: listing.LENGTH], len(found) > listing.LENGTH
        return self.show(
            form=form,
            lines=[line(each) for each in rows],
            state=STATES[State(state)][0].lower() if state else "",
            receivers=[host(url) for url in configured.urls()],
            after=str(rows[-1].pk) if more else None,
            first="after" not in request.GET,
            asked=f"state={state}" if state else "",
        )


@admin.register(Delivery)
class Told(Section):
    slug, title, icon, order = "notices", "Notices", "outgoing_mail", 5

    def pages(self) -> list[URLPattern]:
        return [path("", Notices.as_view(), name="notices")]


def line(row: Delivery) -> Line:
    word, look = STATES[State(row.state)]
    event: dict[str, Any] = json.loads(row.body)
    return Line(
        time=row.created,
        what=row.detail_type,
        which=which(event.get("detail") or {}),
        resources=tuple(event["resources"]),
        to=host(row.url),
        state=word,
        look=look,
        attempts=row.attempts,
        again=row.next_attempt if row.state == State.WAITING and row.attempts else None,
        finished=row.finished,
        problem=row.problem,
    )


def which(detail: dict[str, Any]) -> str:
    """What happened, in a word: events of one detail-type tell it in members of their own."""
    told = (detail.get(member) for member in ("eventName", "operation", "policy-type"))
    return next((word for word in told if word), "")


def _before(place: str) -> int | None:
    """A page's place out of its address. Raises Http404."""
    if not place:
        return None
    if not (place.isascii() and place.isdigit() and len(place) <= MOST_DIGITS):
        raise Http404
    return int(place)
