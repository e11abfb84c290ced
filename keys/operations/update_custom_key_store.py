"""kms:UpdateCustomKeyStore."""

from collections.abc import Iterator
from contextlib import contextmanager

from keys.errors import CustomKeyStoreNameInUse
from keys.models import ConnectionState, KeyStore
from keys.shapes import Nothing
from keys.stores import kinds, rows
from keys.stores.given import StoreChanges
from keys.stores.on_stores import StoreOperation
from service.operation import Call


class UpdateCustomKeyStore(StoreOperation[StoreChanges, Nothing]):
    """Changes a store's name, its secret, or where it is."""

    name = "kms:UpdateCustomKeyStore"

    @contextmanager
    def prepared(self, call: Call, given: StoreChanges) -> Iterator[None]:
        store = rows.named(call.caller, given.custom_key_store_id)
        _require_changeable(store, given)
        kinds.of(store).try_changes(store, given)
        yield

    def run(self, call: Call, given: StoreChanges) -> Nothing:
        store = rows.locked(call.caller, given.custom_key_store_id)
        _require_changeable(store, given)
        if given.new_custom_key_store_name is not None:
            _rename(store, given.new_custom_key_store_name)
        kinds.of(store).change(store, given)
        store.save()
        return Nothing()


def _require_changeable(store: KeyStore, given: StoreChanges) -> None:
    kind = kinds.of(store)
    kind.require_members(given)
    if kind.needs_disconnected(given):
        rows.require(store, ConnectionState.DISCONNECTED)
    else:
        rows.require(store, ConnectionState.DISCONNECTED, ConnectionState.CONNECTED)


def _rename(store: KeyStore, name: str) -> None:
    others = KeyStore.objects.filter(account=store.account, region=store.region, name=name)
    if others.exclude(pk=store.pk).exists():
        raise CustomKeyStoreNameInUse(f"There is a custom key store named {name}.")
    store.name = name
