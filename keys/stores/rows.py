"""Finding the custom key store that a request names, in a state that lets it be used so."""

from keys.errors import CustomKeyStoreInvalidState, CustomKeyStoreNotFound
from keys.models import ConnectionState, KeyStore
from service.caller import Caller


def named(caller: Caller, store_id: str) -> KeyStore:
    """The account's store with the id, as it is remembered. Raises CustomKeyStoreNotFound."""
    account, region = caller.account, caller.region
    found: KeyStore | None = caller.snapshot.get(
        ("key store", account, region, store_id),
        lambda: KeyStore.objects.filter(account=account, region=region, store_id=store_id).first(),
    )
    if found is None:
        raise CustomKeyStoreNotFound(f"Custom key store {store_id} does not exist.")
    return found


def locked(caller: Caller, store_id: str) -> KeyStore:
    """The same, locked until the call's transaction ends."""
    rows = KeyStore.objects.select_for_update()
    found = rows.filter(account=caller.account, region=caller.region, store_id=store_id).first()
    if found is None:
        raise CustomKeyStoreNotFound(f"Custom key store {store_id} does not exist.")
    return found


def require(store: KeyStore, *states: ConnectionState) -> None:
    """Raise CustomKeyStoreInvalidState unless the store is in one of the states."""
    if store.state not in states:
        raise CustomKeyStoreInvalidState(
            f"The connection state of custom key store {store.store_id} is {store.state}. "
            f"This operation takes one that is {' or '.join(states)}."
        )


def way(store: KeyStore) -> tuple[object, ...]:
    """All that a connection rests upon: what was found out about it holds while this stays."""
    fields = [field.attname for field in store._meta.concrete_fields if field.name != "name"]
    values = (getattr(store, name) for name in fields)
    # which PostgreSQL's driver gives as a view
    return tuple(bytes(each) if isinstance(each, memoryview) else each for each in values)
