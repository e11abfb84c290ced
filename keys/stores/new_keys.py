"""A new key in a custom key store: what CreateKey may ask for, and its material."""

from collections.abc import Iterator
from contextlib import contextmanager

from keys.errors import ChangedMeanwhile, UnsupportedOperation
from keys.models import ConnectionState, KeyStore
from keys.specs import AWS_KMS, EXTERNAL, Spec
from keys.stores import kinds, rows
from service.caller import Caller
from service.errors import ValidationFailed


def require_fit(
    spec: Spec, origin: str, store_id: str | None, xks_key_id: str | None, *, multi_region: bool
) -> None:
    """Raise unless origin, store and the kind of key go together, whatever the store is."""
    kind = kinds.of_origin(origin)
    if kind is None and origin not in (AWS_KMS, EXTERNAL):
        raise UnsupportedOperation(f"Keys of Origin {origin} are not supported.")
    if kind is None and store_id is not None:
        raise ValidationFailed(
            "CustomKeyStoreId is valid only for Origin AWS_CLOUDHSM and EXTERNAL_KEY_STORE."
        )
    if kind is None and xks_key_id is not None:
        raise ValidationFailed("XksKeyId is valid only for Origin EXTERNAL_KEY_STORE.")
    if kind is None:
        return
    if store_id is None:
        raise ValidationFailed(f"CustomKeyStoreId is required for Origin {origin}.")
    kind.require_key(xks_key_id)
    if not spec.is_symmetric:
        raise UnsupportedOperation(f"Keys of KeySpec {spec.name} cannot be in a custom key store.")
    if multi_region:
        raise UnsupportedOperation("Multi-Region keys cannot be in a custom key store.")


@contextmanager
def material(
    caller: Caller, store_id: str, origin: str, key_id: str, xks_key_id: str | None
) -> Iterator[tuple[KeyStore, bytes]]:
    """The store, as it was when it made the material, and the material. No transaction is open."""
    store = rows.named(caller, store_id)
    _require_takes(store, origin)
    with kinds.of(store).making(store, key_id, xks_key_id) as made:
        yield store, made


def locked(caller: Caller, was: KeyStore) -> KeyStore:
    """The row of the store that made the material, which it has to be in still."""
    store = rows.locked(caller, was.store_id)
    rows.require(store, ConnectionState.CONNECTED)
    if rows.way(store) != rows.way(was):
        raise ChangedMeanwhile
    return store


def _require_takes(store: KeyStore, origin: str) -> None:
    if kinds.of(store).origin != origin:
        raise UnsupportedOperation(
            f"{store.store_id} is of type {store.type}: a key of Origin {origin} cannot be in it."
        )
    rows.require(store, ConnectionState.CONNECTED)
