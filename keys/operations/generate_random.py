"""kms:GenerateRandom."""

import os
from collections.abc import Iterable
from dataclasses import field

from crypto.errors import MaterialUnavailable
from keys import conditions
from keys.errors import StoreUnreachable, UnsupportedOperation
from keys.models import ConnectionState, KeyStore
from keys.shapes import RecipientInfo, refuse_recipient
from keys.stores import kinds, rows
from service.errors import ValidationFailed
from service.operation import Call, Check, Operation
from service.value import value


@value
class GenerateRandomInput:
    number_of_bytes: int | None = None
    custom_key_store_id: str | None = None
    recipient: RecipientInfo | None = None


@value
class GenerateRandomOutput:
    plaintext: bytes = field(repr=False)


class GenerateRandom(Operation[GenerateRandomInput, GenerateRandomOutput]):
    """Gives up to 1,024 random bytes, made here or by the HSM of a store."""

    name = "kms:GenerateRandom"

    def checks(self, call: Call, given: GenerateRandomInput) -> Iterable[Check]:
        refuse_recipient(given.recipient)
        yield Check(self.name, conditions=conditions.of_caller(call.caller))

    def run(self, call: Call, given: GenerateRandomInput) -> GenerateRandomOutput:
        if given.number_of_bytes is None:
            raise ValidationFailed("Please specify the number of bytes to generate.")
        if given.custom_key_store_id is None:
            return GenerateRandomOutput(os.urandom(given.number_of_bytes))
        store = rows.named(call.caller, given.custom_key_store_id)
        return GenerateRandomOutput(_made_in(store, given.number_of_bytes))


def _made_in(store: KeyStore, count: int) -> bytes:
    kind = kinds.of(store)
    if not kind.makes_random:
        raise UnsupportedOperation(f"{store.store_id} is no store that makes random bytes.")
    rows.require(store, ConnectionState.CONNECTED)
    try:
        return kind.provider(store).random(count)
    except MaterialUnavailable:
        raise StoreUnreachable from None
