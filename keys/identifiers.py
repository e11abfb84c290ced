"""The ways to name a key: id, key ARN, alias name, alias ARN."""

import re

from keys.errors import NotFound
from service.arns import Arn
from service.caller import Caller
from service.value import value

ALIAS_PREFIX = "alias/"
MULTI_REGION_PREFIX = "mrk-"
_KEY_PREFIX = "key/"
_KEY_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}", re.ASCII)
_ALIAS = re.compile(r"alias/[a-zA-Z0-9/_-]+", re.ASCII)


@value
class KeyName:
    """A key as a request names it: `key_id` or `alias` ("alias/…") is empty."""

    partition: str
    region: str
    account: str
    key_id: str = ""
    alias: str = ""

    @property
    def arn(self) -> str:
        resource = self.alias or _KEY_PREFIX + self.key_id
        return str(Arn(self.partition, "kms", self.region, self.account, resource))


def parse(caller: Caller, text: str, *, aliases: bool) -> KeyName:
    """`text` read as a key id, ARN or, if `aliases`, alias. Raises NotFound as AWS does."""
    account, resource = caller.account, text
    if text.startswith("arn:"):
        account, resource = _of_arn(caller, text)
    elif not text.startswith(ALIAS_PREFIX):
        resource = _KEY_PREFIX + text
    key_id = resource.removeprefix(_KEY_PREFIX)
    if resource.startswith(_KEY_PREFIX) and _KEY_ID.fullmatch(key_id):
        return KeyName(caller.partition, caller.region, account, key_id=key_id)
    if aliases and _ALIAS.fullmatch(resource):
        return KeyName(caller.partition, caller.region, account, alias=resource)
    raise NotFound(f"Invalid keyId '{text}'")


def key_name(caller: Caller, account: str, key_id: str) -> KeyName:
    return KeyName(caller.partition, caller.region, account, key_id=key_id)


def alias_name(caller: Caller, name: str) -> KeyName:
    """An alias of the caller's own account and region."""
    return KeyName(caller.partition, caller.region, caller.account, alias=name)


def is_alias(text: str) -> bool:
    """Whether `text` names an alias, by name or ARN."""
    return text.rpartition(":")[2].startswith(ALIAS_PREFIX)


def _of_arn(caller: Caller, text: str) -> tuple[str, str]:
    """The account and the resource of an ARN of the caller's region."""
    try:
        arn = Arn.parse(text)
    except ValueError:
        raise NotFound(f"Invalid keyId '{text}'") from None
    if arn.service != "kms" or arn.partition != caller.partition:
        raise NotFound(f"Invalid keyId '{text}'")
    if arn.region != caller.region:
        raise NotFound(f"Invalid arn {arn.region}")
    return arn.account, arn.resource
