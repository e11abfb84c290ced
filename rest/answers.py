"""What a request that went well is answered."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

from rest.routes import Route
from service.value import value


@value
class Answer:
    """`body` is JSON, "" where there is nothing to tell; `location` "" if nothing was made."""

    status: int
    body: str
    location: str

    def response(self) -> HttpResponse:
        if self.body:
            response = HttpResponse(self.body, "application/json", status=self.status)
        else:
            response = HttpResponse(status=self.status)
        if self.location:
            response["Location"] = self.location
        return response


def answer_of(route: Route, given: Mapping[str, Any], told: Any) -> Answer:
    """`given`: the body's members; `told`: what the route tells, None if nothing."""
    body = "" if told is None else json.dumps(told)
    location = _location(route.location, {**given, **(told or {})}) if route.location else ""
    return Answer(route.status, body, location)


def _location(template: str, members: dict[str, Any]) -> str:
    texts = {name: quote(text) for name, text in members.items() if isinstance(text, str)}
    return "/api/v1/" + template.format(**texts)
