"""kms:ConnectCustomKeyStore."""

from collections.abc import Iterator
from contextlib import contextmanager

from keys.errors import ChangedMeanwhile
from keys.models import ConnectionState, KeyStore
from keys.shapes import Nothing
from keys.stores import kinds, rows, secrets
from keys.stores.kind import ConnectionFailed
from keys.stores.on_stores import StoreOperation
from service.operation import Call
from service.value import value


@value
class ConnectCustomKeyStoreInput:
    custom_key_store_id: str


class ConnectCustomKeyStore(StoreOperation[ConnectCustomKeyStoreInput, Nothing]):
    """Connects a store. As on AWS it succeeds though connecting fails: the store tells."""

    name = "kms:ConnectCustomKeyStore"
    _tried: KeyStore
    _error = ""

    @contextmanager
    def prepared(self, call: Call, given: ConnectCustomKeyStoreInput) -> Iterator[None]:
        self._tried = rows.named(call.caller, given.custom_key_store_id)
        _require_connectable(self._tried)
        if self._tried.state != ConnectionState.CONNECTED:
            try:
                kinds.of(self._tried).connect(self._tried)
            except ConnectionFailed as failed:
                self._error = failed.code
        yield

    def run(self, call: Call, given: ConnectCustomKeyStoreInput) -> Nothing:
        store = rows.locked(call.caller, given.custom_key_store_id)
        _require_connectable(store)
        if store.state == ConnectionState.CONNECTED:
            return Nothing()
        if rows.way(store) != rows.way(self._tried):
            raise ChangedMeanwhile
        store.error = self._error
        store.state = ConnectionState.FAILED if self._error else ConnectionState.CONNECTED
        # anew, so that no process goes on with what it knew of the connection before
        secrets.seal(store, secrets.opened(store))
        store.save()
        return Nothing()


def _require_connectable(store: KeyStore) -> None:
    rows.require(store, ConnectionState.DISCONNECTED, ConnectionState.CONNECTED)
