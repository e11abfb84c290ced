"""kms:CreateCustomKeyStore."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from keys import conditions
from keys.errors import CustomKeyStoreNameInUse, LimitExceeded
from keys.models import ConnectionState, KeyStore
from keys.stores import kinds
from keys.stores.given import NewStore
from service.caller import Caller
from service.operation import Call, Check, Operation
from service.value import value

MOST_STORES = 10  # of an account in a region
_ID_BYTES = 8


@value
class CreateCustomKeyStoreOutput:
    custom_key_store_id: str


class CreateCustomKeyStore(Operation[NewStore, CreateCustomKeyStoreOutput]):
    """Makes a custom key store, which is to be connected before it is used."""

    name = "kms:CreateCustomKeyStore"
    mutates = True

    def checks(self, call: Call, given: NewStore) -> Iterable[Check]:
        kinds.named(given.custom_key_store_type).require_members(given)
        yield Check(self.name, conditions=conditions.of_caller(call.caller))

    @contextmanager
    def prepared(self, call: Call, given: NewStore) -> Iterator[None]:
        caller = call.caller
        kind = kinds.named(given.custom_key_store_type)
        kind.try_new(caller.account, caller.region, given)
        yield

    def run(self, call: Call, given: NewStore) -> CreateCustomKeyStoreOutput:
        caller = call.caller
        _require_room(caller, given.custom_key_store_name)
        store = KeyStore(
            account=caller.account,
            region=caller.region,
            store_id=f"cks-{secrets.token_hex(_ID_BYTES)}{secrets.randbelow(16):x}",
            name=given.custom_key_store_name,
            type=given.custom_key_store_type,
            state=ConnectionState.DISCONNECTED,
            created=caller.time,
        )
        kinds.of(store).fill(store, given)
        store.save(force_insert=True)
        return CreateCustomKeyStoreOutput(store.store_id)


def _require_room(caller: Caller, name: str) -> None:
    """Changes wait for each other, so what is true here is true until the row is there."""
    rows = KeyStore.objects.filter(account=caller.account, region=caller.region)
    if rows.filter(name=name).exists():
        raise CustomKeyStoreNameInUse(f"There is a custom key store named {name}.")
    if rows.count() >= MOST_STORES:
        raise LimitExceeded(f"The account has {MOST_STORES} custom key stores in the region.")
