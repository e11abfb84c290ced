"""The kinds of custom key stores there are."""

from collections.abc import Mapping
from types import MappingProxyType

from keys.errors import UnsupportedOperation
from keys.models import KeyStore
from keys.stores.cloudhsm import CloudHsm
from keys.stores.kind import Kind

KINDS: Mapping[str, Kind] = MappingProxyType({kind.type: kind for kind in (CloudHsm(),)})


def named(store_type: str) -> Kind:
    """Raises UnsupportedOperation."""
    if store_type not in KINDS:
        raise UnsupportedOperation(f"CustomKeyStoreType {store_type} is not supported.")
    return KINDS[store_type]


def of(store: KeyStore) -> Kind:
    return KINDS[store.type]


def of_origin(origin: str) -> Kind | None:
    """The kind of store that a key of the Origin is in; None if that is in none."""
    return next((kind for kind in KINDS.values() if kind.origin == origin), None)
