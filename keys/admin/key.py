"""A key's page: everything about it that its operator may know, and what was done with it."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

from audit.lines import Line, line
from audit.operations.lookup_events import LookupEvents
from console.pages import Answer, Page
from keys.operations.describe_key import DescribeKey
from keys.operations.get_key_policy import GetKeyPolicy
from keys.operations.list_aliases import ListAliases
from keys.operations.list_resource_tags import ListResourceTags
from keys.shapes import KeyMetadata

RECENT = 10


class OneKey(Page):
    """A page about one key, by its id; it is described before anything else."""

    section = "keys"
    key: KeyMetadata

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.key_id = kwargs["key_id"]

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"Key {self.key_id}"

    def describe(self) -> KeyMetadata:
        found: KeyMetadata = self.ask(DescribeKey, {"KeyId": self.key_id}).key_metadata
        return found


class KeyPage(OneKey):
    template = "console/keys/key.html"

    def get(self, request: HttpRequest, region: str, key_id: str) -> HttpResponse:
        key = self.describe()
        events = self.try_to_ask(LookupEvents, _about(key))
        policy = self.try_to_ask(GetKeyPolicy, {"KeyId": key_id, "PolicyName": "default"})
        return self.show(
            key=key,
            policy=policy,
            policy_text=_pretty(policy.output.policy) if policy.output else "",
            aliases=self.try_to_ask(ListAliases, {"KeyId": key_id}),
            tags=self.try_to_ask(ListResourceTags, {"KeyId": key_id}),
            events=events,
            lines=_lines(events),
        )


def _about(key: KeyMetadata) -> dict[str, Any]:
    attribute = {"AttributeKey": "ResourceName", "AttributeValue": key.arn}
    return {"LookupAttributes": [attribute], "MaxResults": RECENT}


def _lines(events: Answer) -> list[Line]:
    found = events.output.events if events.output else ()
    return [line(json.loads(each.cloud_trail_event)) for each in found]


def _pretty(policy: str) -> str:
    return json.dumps(json.loads(policy), indent=2, ensure_ascii=False)
