"""iam:ListAccessKeys: a user's access keys; their secrets are told nobody."""

from collections.abc import Iterable
from datetime import datetime

from iam import entities, paging
from service.operation import Call, Check, Operation
from service.value import value


@value
class ListAccessKeysInput:
    user_name: str | None = None
    marker: str | None = None
    max_items: int | None = None


@value
class AccessKeyMetadata:
    user_name: str
    access_key_id: str
    status: str
    create_date: datetime


@value
class ListAccessKeysOutput:
    access_key_metadata: tuple[AccessKeyMetadata, ...]
    is_truncated: bool
    marker: str | None = None


class ListAccessKeys(Operation[ListAccessKeysInput, ListAccessKeysOutput]):
    name = "iam:ListAccessKeys"

    def checks(self, call: Call, given: ListAccessKeysInput) -> Iterable[Check]:
        yield Check(self.name, entities.user(call, given.user_name).resource)

    def run(self, call: Call, given: ListAccessKeysInput) -> ListAccessKeysOutput:
        user = entities.user(call, given.user_name).found
        page = paging.page(
            user.access_keys.all(), lambda key: key.id, given.marker, given.max_items
        )
        keys = tuple(
            AccessKeyMetadata(
                user.name, key.id, "Active" if key.active else "Inactive", key.created
            )
            for key in page.items
        )
        return ListAccessKeysOutput(keys, page.is_truncated, page.marker)
