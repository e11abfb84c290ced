"""kms:DescribeCustomKeyStores."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from keys import conditions, paging
from keys.errors import CustomKeyStoreNotFound
from keys.models import KeyStore
from keys.stores import kinds
from keys.stores.told import ProxyConfiguration
from service.caller import Caller
from service.errors import ValidationFailed
from service.operation import Call, Check, Operation
from service.value import value

LIST, DEFAULT, MOST = "custom key stores", 100, 1000


@value
class DescribeCustomKeyStoresInput:
    custom_key_store_id: str | None = None
    custom_key_store_name: str | None = None
    limit: int | None = None
    marker: str | None = None


@value
class CustomKeyStoresListEntry:
    custom_key_store_id: str
    custom_key_store_name: str
    custom_key_store_type: str
    connection_state: str
    creation_date: datetime
    connection_error_code: str | None = None
    cloud_hsm_cluster_id: str | None = None
    trust_anchor_certificate: str | None = None
    xks_proxy_configuration: ProxyConfiguration | None = None


@value
class DescribeCustomKeyStoresOutput:
    custom_key_stores: tuple[CustomKeyStoresListEntry, ...]
    truncated: bool
    next_marker: str | None = None


class DescribeCustomKeyStores(
    Operation[DescribeCustomKeyStoresInput, DescribeCustomKeyStoresOutput]
):
    """Tells of the account's custom key stores in the region, or of one by its id or name."""

    name = "kms:DescribeCustomKeyStores"

    def checks(self, call: Call, given: DescribeCustomKeyStoresInput) -> Iterable[Check]:
        if given.custom_key_store_id is not None and given.custom_key_store_name is not None:
            raise ValidationFailed(
                "Specify either CustomKeyStoreId or CustomKeyStoreName, not both."
            )
        yield Check(self.name, conditions=conditions.of_caller(call.caller))

    def run(self, call: Call, given: DescribeCustomKeyStoresInput) -> DescribeCustomKeyStoresOutput:
        length = paging.size(given.limit, DEFAULT, MOST)
        rows = _wanted(call.caller, given).filter(store_id__gt=paging.after(LIST, given.marker))
        found = list(rows.order_by("store_id")[: length + 1])
        page = paging.page(LIST, found, length, lambda store: store.store_id)
        entries = tuple(_entry(store) for store in page.items)
        return DescribeCustomKeyStoresOutput(entries, page.truncated, page.next_marker)


def _wanted(caller: Caller, given: DescribeCustomKeyStoresInput) -> QuerySet[KeyStore]:
    """Raises CustomKeyStoreNotFound if the one that is asked for is not there."""
    rows = KeyStore.objects.filter(account=caller.account, region=caller.region)
    asked = given.custom_key_store_id or given.custom_key_store_name
    if given.custom_key_store_id is not None:
        rows = rows.filter(store_id=asked)
    elif given.custom_key_store_name is not None:
        rows = rows.filter(name=asked)
    if asked is not None and not rows.exists():
        raise CustomKeyStoreNotFound(f"Custom key store {asked} does not exist.")
    return rows


def _entry(store: KeyStore) -> CustomKeyStoresListEntry:
    return CustomKeyStoresListEntry(
        custom_key_store_id=store.store_id,
        custom_key_store_name=store.name,
        custom_key_store_type=store.type,
        connection_state=store.state,
        creation_date=store.created,
        connection_error_code=store.error or None,
        **kinds.of(store).told(store),
    )
