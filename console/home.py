"""The first page: how keys and rotations stand, and what happened of late."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from audit import search
from audit.lines import line
from audit.operations.lookup_events import LookupEvents
from console.pages import Page
from keys.admin import rows
from keys.operations.list_keys import ListKeys
from secrets_app.admin import coming, rotations
from secrets_app.operations.list_secrets import ListSecrets

LINES = 8
DELETIONS = 5
ROTATIONS = 5


class Home(Page):
    section, title = "home", "Home"
    template = "console/home.html"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        return self.show(keys=self._keys(), rotations=self._rotations(), trail=self._trail())

    def _keys(self) -> Mapping[str, Any]:
        """For those who may list keys; only keys that they may describe are named."""
        answer = self.try_to_ask(ListKeys, {"Limit": 1})
        if answer.refusal is not None:
            return {"refusal": answer.refusal}
        return {
            "states": rows.count_by_state(self.caller),
            "deletions": rows.next_deletions(self.caller, DELETIONS),
        }

    def _rotations(self) -> Mapping[str, Any]:
        """For those who may list secrets; failures only of secrets that they may describe."""
        answer = self.try_to_ask(ListSecrets, {"MaxResults": 1})
        if answer.refusal is not None:
            return {"refusal": answer.refusal}
        return {
            "failing": rotations.failing(self.caller),
            "coming": coming.next_rotations(self.caller, ROTATIONS),
        }

    def _trail(self) -> Mapping[str, Any]:
        # not all calls: most would be those of the console itself, which look and do nothing
        changes = [{"AttributeKey": "ReadOnly", "AttributeValue": "false"}]
        answer = self.try_to_ask(LookupEvents, {"LookupAttributes": changes, "MaxResults": LINES})
        if answer.refusal is not None:
            return {"refusal": answer.refusal}
        failures = search.Query(self.caller.account, self.region, failed=True)
        return {
            "changes": [
                line(orjson.loads(each.cloud_trail_event)) for each in answer.output.events
            ],
            "failures": [line(found.event) for found in search.find_indexed(failures, limit=LINES)],
        }
