"""kms:DisconnectCustomKeyStore."""

from keys.models import ConnectionState
from keys.shapes import Nothing
from keys.stores import rows
from keys.stores.on_stores import StoreOperation
from service.operation import Call
from service.value import value


@value
class DisconnectCustomKeyStoreInput:
    custom_key_store_id: str


class DisconnectCustomKeyStore(StoreOperation[DisconnectCustomKeyStoreInput, Nothing]):
    """Disconnects a store: its keys cannot be used until it is connected again."""

    name = "kms:DisconnectCustomKeyStore"

    def run(self, call: Call, given: DisconnectCustomKeyStoreInput) -> Nothing:
        store = rows.locked(call.caller, given.custom_key_store_id)
        rows.require(store, ConnectionState.CONNECTED, ConnectionState.FAILED)
        store.state, store.error = ConnectionState.DISCONNECTED, ""
        store.save(update_fields=["state", "error"])
        return Nothing()
