"""kms:GenerateDataKeyWithoutPlaintext."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from keys import data_keys
from keys.shapes import NO_CONTEXT
from service.operation import Call, Check, Operation
from service.value import value


@value
class GenerateDataKeyWithoutPlaintextInput:
    key_id: str
    encryption_context: Mapping[str, str] = field(default_factory=lambda: NO_CONTEXT)
    key_spec: str | None = None
    number_of_bytes: int | None = None
    grant_tokens: tuple[str, ...] = ()
    dry_run: bool | None = None


@value
class GenerateDataKeyWithoutPlaintextOutput:
    ciphertext_blob: bytes
    key_id: str
    key_material_id: str | None


class GenerateDataKeyWithoutPlaintext(
    Operation[GenerateDataKeyWithoutPlaintextInput, GenerateDataKeyWithoutPlaintextOutput]
):
    """Makes a data key for someone else to decrypt later."""

    name = "kms:GenerateDataKeyWithoutPlaintext"

    def checks(self, call: Call, given: GenerateDataKeyWithoutPlaintextInput) -> Iterable[Check]:
        yield data_keys.check(call, self.name, given)

    def run(
        self, call: Call, given: GenerateDataKeyWithoutPlaintextInput
    ) -> GenerateDataKeyWithoutPlaintextOutput:
        made = data_keys.make(call, self.name, given)
        return GenerateDataKeyWithoutPlaintextOutput(
            made.encrypted.blob, made.key_arn, made.encrypted.material_id
        )
