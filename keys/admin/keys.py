"""The list of keys."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from console.pages import Page
from keys.admin import rows
from keys.models import KeyState
from keys.operations.list_keys import ListKeys, ListKeysOutput

ROWS = 50


class KeyList(Page):
    section, title = "keys", "Keys"
    template = "console/keys/list.html"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        state, after = request.GET.get("state", ""), request.GET.get("after", "")
        if state in KeyState:
            key_ids, place = self._in_state(KeyState(state), after)
        else:
            key_ids, place = self._all(after)
        return self.show(
            keys=rows.rows(self.caller, key_ids),
            states=rows.count_by_state(self.caller),
            state=state,
            asked=f"state={state}" if state in KeyState else "",
            after=place,
            first=not after,
        )

    def _all(self, after: str) -> tuple[list[str], str | None]:
        """The ids of a page, and where the next one begins."""
        page = self._listed({"Limit": ROWS, **({"Marker": after} if after else {})})
        return [entry.key_id for entry in page.keys], page.next_marker

    def _in_state(self, state: KeyState, after: str) -> tuple[list[str], str | None]:
        """AWS's list knows no states: it decides and is recorded, and then more is read."""
        self._listed({"Limit": 1})
        key_ids = rows.in_state(self.caller, state, after, ROWS + 1)
        return key_ids[:ROWS], key_ids[ROWS - 1] if len(key_ids) > ROWS else None

    def _listed(self, params: dict[str, Any]) -> ListKeysOutput:
        page: ListKeysOutput = self.ask(ListKeys, params)
        return page
