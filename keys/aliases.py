"""What KMS asks of aliases."""

import re
from datetime import datetime

from django.db.models import QuerySet

from keys import conditions, identifiers, lookup
from keys.errors import (
    AlreadyExists,
    ChangedMeanwhile,
    InvalidAliasName,
    LimitExceeded,
    NotAuthorized,
)
from keys.identifiers import ALIAS_PREFIX, KeyName
from keys.lookup import Named
from keys.managed import RESERVED_PREFIX
from keys.models import Alias, Key
from keys.specs import SPECS
from service.caller import Caller
from service.errors import ServiceError, ValidationFailed
from service.operation import Call, Check

MOST_ALIASES = 50  # of one key
_CHARACTERS = re.compile(r"[a-zA-Z0-9/_-]*", re.ASCII)


def require_sound(name: str) -> None:
    """Raise unless customers may make, move and delete an alias of the name."""
    if not name.startswith(ALIAS_PREFIX):
        raise ValidationFailed(
            'Alias must start with the prefix "alias/". Please see '
            "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"
        )
    if name.startswith(RESERVED_PREFIX):
        raise NotAuthorized
    if not _CHARACTERS.fullmatch(name):
        raise ValidationFailed(f"{name} contains invalid characters for an alias")
    if name == ALIAS_PREFIX:
        raise InvalidAliasName(f"{name} is not a valid alias name")


def target(call: Call, text: str) -> Named:
    """The key that an alias is to stand for: one of the account, by id or ARN."""
    if identifiers.is_alias(text):
        raise ValidationFailed("Aliases must refer to keys. Not aliases")
    return lookup.named(call, text, aliases=False, other_accounts=False)


def check(call: Call, action: str, name: str) -> Check:
    """May the caller do `action` to the alias as such? Its key is asked for apart."""
    resource = lookup.alias_resource(identifiers.alias_name(call.caller, name))
    return Check(action, resource, conditions.of_caller(call.caller))


def changed(call: Call, name: str) -> ServiceError:
    """The error where an alias is no longer what it was when the call was allowed."""
    named = identifiers.alias_name(call.caller, name)
    return ChangedMeanwhile() if _rows(named).exists() else lookup.not_there(named)


def require_free(caller: Caller, name: str) -> None:
    """Raise AlreadyExists if the caller's account has the alias in the region."""
    named = identifiers.alias_name(caller, name)
    if _rows(named).filter(lookup.is_there(caller.time, "key__")).exists():
        raise taken(named)


def free(named: KeyName, time: datetime) -> None:
    """Take the alias off a key that is gone, though the worker has yet to come round to it."""
    _rows(named).filter(key__deletion_date__lte=time).delete()


def taken(named: KeyName) -> AlreadyExists:
    return AlreadyExists(f"An alias with the name {named.arn} already exists")


def require_like(before: Key, key: Key) -> None:
    """Raise ValidationFailed unless who uses the alias of `before` can as well use `key`."""
    was, is_now = (SPECS[each.spec].is_symmetric for each in (before, key))
    if was is not is_now or before.usage != key.usage:
        raise ValidationFailed(
            "Aliases must be updated to keys of the same type and KeyUsage: "
            f"{before.arn} is {before.spec} for {before.usage}, {key.arn} is {key.spec} for "
            f"{key.usage}."
        )


def require_room(key: Key) -> None:
    """Raise LimitExceeded if the key, whose row is locked, has all the aliases it may have."""
    if key.aliases.count() >= MOST_ALIASES:
        raise LimitExceeded(f"{key.arn} has {MOST_ALIASES} aliases, which is the most.")


def _rows(named: KeyName) -> QuerySet[Alias]:
    return Alias.objects.filter(account=named.account, region=named.region, name=named.alias)
