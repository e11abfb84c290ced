"""kms:GenerateDataKeyPairWithoutPlaintext."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from keys import data_key_pairs
from keys.shapes import NO_CONTEXT
from service.operation import Call, Check, Operation
from service.value import value


@value
class GenerateDataKeyPairWithoutPlaintextInput:
    key_id: str
    key_pair_spec: str
    encryption_context: Mapping[str, str] = field(default_factory=lambda: NO_CONTEXT)
    grant_tokens: tuple[str, ...] = ()
    dry_run: bool | None = None


@value
class GenerateDataKeyPairWithoutPlaintextOutput:
    private_key_ciphertext_blob: bytes
    public_key: bytes
    key_id: str
    key_pair_spec: str
    key_material_id: str | None


class GenerateDataKeyPairWithoutPlaintext(
    Operation[GenerateDataKeyPairWithoutPlaintextInput, GenerateDataKeyPairWithoutPlaintextOutput]
):
    """Makes a key pair whose private key someone else is to decrypt later."""

    name = "kms:GenerateDataKeyPairWithoutPlaintext"

    def checks(
        self, call: Call, given: GenerateDataKeyPairWithoutPlaintextInput
    ) -> Iterable[Check]:
        yield data_key_pairs.check(call, self.name, given)

    def run(
        self, call: Call, given: GenerateDataKeyPairWithoutPlaintextInput
    ) -> GenerateDataKeyPairWithoutPlaintextOutput:
        made = data_key_pairs.make(call, self.name, given)
        return GenerateDataKeyPairWithoutPlaintextOutput(
            private_key_ciphertext_blob=made.encrypted.blob,
            public_key=made.public,
            key_id=made.key_arn,
            key_pair_spec=given.key_pair_spec,
            key_material_id=made.encrypted.material_id,
        )
