"""iam:GetAccessKeyLastUsed."""

from collections.abc import Iterable
from datetime import datetime

from iam import access_keys, entities
from iam.models import AccessKey, AccessKeyUse
from service.operation import Call, Check, Operation
from service.resource import Resource
from service.value import value

NOT_USED = "N/A"


@value
class GetAccessKeyLastUsedInput:
    access_key_id: str


@value
class AccessKeyLastUsed:
    service_name: str
    region: str
    last_used_date: datetime | None = None


@value
class GetAccessKeyLastUsedOutput:
    access_key_last_used: AccessKeyLastUsed
    user_name: str | None = None


class GetAccessKeyLastUsed(Operation[GetAccessKeyLastUsedInput, GetAccessKeyLastUsedOutput]):
    """When, where and for what a key of the account was last used, to the minute."""

    name = "iam:GetAccessKeyLastUsed"

    def checks(self, call: Call, given: GetAccessKeyLastUsedInput) -> Iterable[Check]:
        """On the user who owns the key; on everything where there is no such key."""
        key = _key(call, given)
        if key is None:
            missing = access_keys.no_such_key(given.access_key_id)
            yield Check(self.name, Resource("*", missing=missing))
        elif key.user is None:
            yield Check(self.name, Resource(f"arn:aws:iam::{key.account_id}:root", key.account_id))
        else:
            yield Check(self.name, entities.resource_of(key.user))

    def run(self, call: Call, given: GetAccessKeyLastUsedInput) -> GetAccessKeyLastUsedOutput:
        key = _key(call, given)
        use = AccessKeyUse.objects.filter(access_key=key).first()
        last = AccessKeyLastUsed(NOT_USED, NOT_USED)
        if use is not None:
            last = AccessKeyLastUsed(use.service, use.region, use.time)
        return GetAccessKeyLastUsedOutput(last, key.user.name if key and key.user else None)


def _key(call: Call, given: GetAccessKeyLastUsedInput) -> AccessKey | None:
    return call.once(
        "key", lambda: access_keys.of_account(call.caller.account, given.access_key_id)
    )
