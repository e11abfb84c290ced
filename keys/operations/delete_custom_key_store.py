"""kms:DeleteCustomKeyStore."""

from keys.errors import CustomKeyStoreHasKeys
from keys.models import ConnectionState
from keys.shapes import Nothing
from keys.stores import rows
from keys.stores.on_stores import StoreOperation
from service.operation import Call
from service.value import value


@value
class DeleteCustomKeyStoreInput:
    custom_key_store_id: str


class DeleteCustomKeyStore(StoreOperation[DeleteCustomKeyStoreInput, Nothing]):
    """Deletes a store without keys; what was behind it stays as it is."""

    name = "kms:DeleteCustomKeyStore"

    def run(self, call: Call, given: DeleteCustomKeyStoreInput) -> Nothing:
        store = rows.locked(call.caller, given.custom_key_store_id)
        rows.require(store, ConnectionState.DISCONNECTED)
        if store.keys.exists():
            raise CustomKeyStoreHasKeys(f"There are KMS keys in {store.store_id}.")
        store.delete()
        return Nothing()
