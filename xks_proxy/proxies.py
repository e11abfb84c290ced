"""What the operations on proxies have in common."""

from dataclasses import field, replace
from datetime import datetime

from django.db.models import QuerySet

from iam.errors import NoSuchEntity
from service.arns import Arn
from service.operation import Call
from service.resource import Resource
from service.value import value
from xks_proxy import credentials
from xks_proxy.models import Credential as CredentialRow
from xks_proxy.models import Proxy as ProxyRow

PROXY_TYPE = "Strongroom::XKS::Proxy"


@value
class Nothing:
    """The output of operations that have none."""


@value
class Named:
    """An input that names a proxy."""

    prefix: str


@value
class Proxy:
    prefix: str
    uri_path: str
    principal_arn: str
    create_date: datetime
    access_key_ids: tuple[str, ...]


@value
class Credential:
    access_key_id: str
    raw_secret_access_key: str = field(repr=False)
    create_date: datetime


def told(row: ProxyRow) -> Proxy:
    ids = row.credentials.order_by("created", "id").values_list("id", flat=True)
    principal = credentials.principal_of(row)
    return Proxy(row.prefix, row.path, principal.arn, row.created, tuple(ids))


def new_credential(row: ProxyRow, time: datetime) -> Credential:
    made, secret = credentials.create(row, time)
    return Credential(made.id, secret, made.created)


def to_be_made(call: Call, prefix: str) -> Resource:
    caller = call.caller
    name = f"proxy/{prefix}"
    arn = Arn(caller.partition, "kms-xks-proxy", caller.region, caller.account, name)
    return Resource(str(arn), caller.account, PROXY_TYPE)


def resource(call: Call, prefix: str) -> Resource:
    """The account's proxy of that prefix in the region; the name alone, if there is none."""
    missing = None if _rows(call, prefix).exists() else _none(prefix)
    return replace(to_be_made(call, prefix), missing=missing)


def locked(call: Call, prefix: str) -> ProxyRow:
    """Its row, which nobody else changes before this call's transaction ends."""
    row = _rows(call, prefix).select_for_update().first()
    if row is None:
        raise _none(prefix)
    return row


def all_of(call: Call) -> list[ProxyRow]:
    return list(_of_caller(call).select_related("user", "role").order_by("prefix"))


def delete_credential(row: ProxyRow, key_id: str) -> None:
    deleted, _ = CredentialRow.objects.filter(proxy=row, id=key_id).delete()
    if not deleted:
        raise NoSuchEntity(f"The proxy {row.prefix} has no credential {key_id}.")


def _of_caller(call: Call) -> QuerySet[ProxyRow]:
    return ProxyRow.objects.filter(account=call.caller.account, region=call.caller.region)


def _rows(call: Call, prefix: str) -> QuerySet[ProxyRow]:
    return _of_caller(call).filter(prefix=prefix)


def _none(prefix: str) -> NoSuchEntity:
    return NoSuchEntity(f"There is no proxy {prefix}.")
