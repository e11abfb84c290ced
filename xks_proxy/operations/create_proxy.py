"""kms-xks-proxy:CreateProxy."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError
from django.db.transaction import atomic

from iam.errors import NoSuchEntity
from iam.models import Account, Role, User
from keys.errors import AlreadyExists
from service.errors import ValidationFailed
from service.operation import Call, Check, Operation
from service.resource import Resource
from service.value import value
from xks_proxy import proxies
from xks_proxy.models import Proxy as ProxyRow
from xks_proxy.models import prefix
from xks_proxy.proxies import Credential, Proxy


@value
class CreateProxyInput:
    prefix: str | None = None
    user_name: str | None = None
    role_name: str | None = None


@value
class CreateProxyOutput:
    proxy: Proxy
    credential: Credential


class CreateProxy(Operation[CreateProxyInput, CreateProxyOutput]):
    """Makes a proxy for a user or a role, in the caller's region, with its first credential."""

    name = "kms-xks-proxy:CreateProxy"
    mutates = True

    def checks(self, call: Call, given: CreateProxyInput) -> Iterable[Check]:
        if bool(given.user_name) == bool(given.role_name):
            raise ValidationFailed("Name either a user or a role.")
        yield Check(self.name, proxies.to_be_made(call, _prefix(call, given)))
        # who has the credential may do what the principal may
        yield Check("iam:PassRole", _principal(call, given)[1])

    def run(self, call: Call, given: CreateProxyInput) -> CreateProxyOutput:
        row = ProxyRow(
            account_id=call.caller.account,
            region=call.caller.region,
            prefix=_prefix(call, given),
            created=call.caller.time,
            **_principal(call, given)[0],
        )
        try:
            with atomic():
                row.save(force_insert=True)
        except IntegrityError:
            raise AlreadyExists(f"The prefix {row.prefix} is taken.") from None
        credential = proxies.new_credential(row, call.caller.time)
        return CreateProxyOutput(proxies.told(row), credential)


def _prefix(call: Call, given: CreateProxyInput) -> str:
    return given.prefix or call.once("prefix", prefix)


def _principal(call: Call, given: CreateProxyInput) -> tuple[dict[str, Any], Resource]:
    return call.once("principal", lambda: _found(call, given))


def _found(call: Call, given: CreateProxyInput) -> tuple[dict[str, Any], Resource]:
    """The principal as a column, and as what is asked about."""
    account = Account(id=call.caller.account)
    kind, column = (User, "user") if given.user_name else (Role, "role")
    name = given.user_name or given.role_name or ""
    row = kind.objects.filter(account=account, name=name).first()
    missing = None if row else NoSuchEntity(f"The {column} with name {name} cannot be found.")
    arn = (row or kind(account=account, name=name)).arn
    return {column: row}, Resource(arn, account.id, missing=missing)
