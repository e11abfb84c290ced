"""kms:GenerateDataKey."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from keys import data_keys
from keys.shapes import NO_CONTEXT, RecipientInfo, refuse_recipient
from service.operation import Call, Check, Operation
from service.value import value


@value
class GenerateDataKeyInput:
    key_id: str
    encryption_context: Mapping[str, str] = field(default_factory=lambda: NO_CONTEXT)
    number_of_bytes: int | None = None
    key_spec: str | None = None
    grant_tokens: tuple[str, ...] = ()
    recipient: RecipientInfo | None = None
    dry_run: bool | None = None


@value
class GenerateDataKeyOutput:
    ciphertext_blob: bytes
    plaintext: bytes = field(repr=False)
    key_id: str
    key_material_id: str | None


class GenerateDataKey(Operation[GenerateDataKeyInput, GenerateDataKeyOutput]):
    """Makes a key to encrypt data with, in plaintext and encrypted under a KMS key."""

    name = "kms:GenerateDataKey"

    def checks(self, call: Call, given: GenerateDataKeyInput) -> Iterable[Check]:
        refuse_recipient(given.recipient)
        yield data_keys.check(call, self.name, given)

    def run(self, call: Call, given: GenerateDataKeyInput) -> GenerateDataKeyOutput:
        made = data_keys.make(call, self.name, given)
        return GenerateDataKeyOutput(
            made.encrypted.blob, made.plaintext, made.key_arn, made.encrypted.material_id
        )
