"""kms:GenerateRandom."""

import os
from collections.abc import Iterable
from dataclasses import field

from keys import conditions
from keys.errors import CustomKeyStoreNotFound
from keys.shapes import RecipientInfo, refuse_recipient
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
    """Gives up to 1,024 random bytes."""

    name = "kms:GenerateRandom"

    def checks(self, call: Call, given: GenerateRandomInput) -> Iterable[Check]:
        refuse_recipient(given.recipient)
        yield Check(self.name, conditions=conditions.of_caller(call.caller))

    def run(self, call: Call, given: GenerateRandomInput) -> GenerateRandomOutput:
        if given.custom_key_store_id is not None:
            raise CustomKeyStoreNotFound
        if given.number_of_bytes is None:
            raise ValidationFailed("Please specify the number of bytes to generate.")
        return GenerateRandomOutput(os.urandom(given.number_of_bytes))
