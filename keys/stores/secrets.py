"""What opens a custom key store: a token's PIN, a proxy credential's secret. Stored sealed."""

from keys.models import KeyStore
from sealing import vault

_FIELD = "custom key store"


def seal(store: KeyStore, secret: str) -> None:
    """Set the store's `sealed_secret`. Bound to the store's id: nowhere else does it open."""
    store.sealed_secret = vault.seal(
        store.account, store.region, secret.encode(), _FIELD, store.store_id
    )


def opened(store: KeyStore) -> str:
    """Raises CannotOpen, RootKeyUnavailable."""
    sealed = bytes(store.sealed_secret)
    return vault.open_sealed(store.account, store.region, sealed, _FIELD, store.store_id).decode()
