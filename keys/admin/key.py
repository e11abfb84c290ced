"""A key's page: everything about it that its operator may know, and what was done with it."""

import json
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse

from console.happened import happened
from console.pages import Answer, Page
from keys.models import KeyManager, KeyState
from keys.operations.describe_key import DescribeKey
from keys.operations.get_key_policy import GetKeyPolicy
from keys.operations.list_aliases import ListAliases
from keys.operations.list_resource_tags import ListResourceTags
from keys.shapes import ALGORITHM_MEMBERS, KeyMetadata
from keys.states import PENDING


class OneKey(Page):
    """A page about one key, by its id; it is described before anything else."""

    section = "keys"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.key_id: str = kwargs["key_id"]

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"Key {self.key_id}"

    def describe(self) -> KeyMetadata:
        found: KeyMetadata = self.ask(DescribeKey, {"KeyId": self.key_id}).key_metadata
        return found

    def aliases(self) -> list[str]:
        """As far as the operator may know them."""
        output = self.listed_aliases.output
        return [each.alias_name for each in output.aliases] if output else []

    @cached_property
    def listed_aliases(self) -> Answer:
        return self.try_to_ask(ListAliases, {"KeyId": self.key_id})


class KeyPage(OneKey):
    template = "console/keys/key.html"

    def get(self, request: HttpRequest, region: str, key_id: str) -> HttpResponse:
        key = self.describe()
        policy = self.try_to_ask(GetKeyPolicy, {"KeyId": key_id, "PolicyName": "default"})
        return self.show(
            key=key,
            algorithms=getattr(key, ALGORITHM_MEMBERS[key.key_usage or ""]),
            is_ours=key.key_manager == KeyManager.CUSTOMER,
            is_pending=KeyState(key.key_state or "") in PENDING,
            policy=policy,
            policy_text=_pretty(policy.output.policy) if policy.output else "",
            aliases=self.listed_aliases,
            names=[name.removeprefix("alias/") for name in self.aliases()],
            tags=self.try_to_ask(ListResourceTags, {"KeyId": key_id}),
            **happened(self, key.arn or ""),
        )


def _pretty(policy: str) -> str:
    return json.dumps(json.loads(policy), indent=2, ensure_ascii=False)
