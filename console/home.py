"""The first page: how keys and rotations stand, and what happened of late."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from audit import search
from audit.lines import Line, line
from audit.operations.lookup_events import LookupEvents
from console.pages import Page
from keys.admin import rows
from keys.operations.list_keys import ListKeys
from secrets_app.admin import coming, rotations
from secrets_app.errors import ResourceNotFound
from secrets_app.lookup import PENDING
from secrets_app.operations.list_secrets import ListSecrets

LINES = 8
LOOKED_AT = 40  # failures, of which LINES are shown
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
        return {
            "changes": [
                line(orjson.loads(each.cloud_trail_event)) for each in answer.output.events
            ],
            "failures": self._failures(),
        }

    def _failures(self) -> Sequence[Line]:
        """But for what every rotation asks in vain: whether the new version has a value yet."""
        failed = search.Query(self.caller.account, self.region, failed=True)
        found = (each.event for each in search.find_indexed(failed, limit=LOOKED_AT))
        wanted = (line(event) for event in found if not _asks_for_a_new_value(event))
        return list(islice(wanted, LINES))


def _asks_for_a_new_value(event: Mapping[str, Any]) -> bool:
    asked = event.get("requestParameters") or {}
    return (
        event["eventName"] == "GetSecretValue"
        and event.get("errorCode") == ResourceNotFound.code
        and asked.get("versionStage") == PENDING
    )
