"""kms:GenerateDataKeyPair."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from keys import data_key_pairs
from keys.shapes import NO_CONTEXT, RecipientInfo, refuse_recipient
from service.operation import Call, Check, Operation
from service.value import value


@value
class GenerateDataKeyPairInput:
    key_id: str
    key_pair_spec: str
    encryption_context: Mapping[str, str] = field(default_factory=lambda: NO_CONTEXT)
    grant_tokens: tuple[str, ...] = ()
    recipient: RecipientInfo | None = None
    dry_run: bool | None = None


@value
class GenerateDataKeyPairOutput:
    private_key_ciphertext_blob: bytes
    private_key_plaintext: bytes = field(repr=False)
    public_key: bytes
    key_id: str
    key_pair_spec: str
    key_material_id: str | None


class GenerateDataKeyPair(Operation[GenerateDataKeyPairInput, GenerateDataKeyPairOutput]):
    """Makes a key pair to use elsewhere, its private key in plaintext and encrypted."""

    name = "kms:GenerateDataKeyPair"

    def checks(self, call: Call, given: GenerateDataKeyPairInput) -> Iterable[Check]:
        refuse_recipient(given.recipient)
        yield data_key_pairs.check(call, self.name, given)

    def run(self, call: Call, given: GenerateDataKeyPairInput) -> GenerateDataKeyPairOutput:
        made = data_key_pairs.make(call, self.name, given)
        return GenerateDataKeyPairOutput(
            private_key_ciphertext_blob=made.encrypted.blob,
            private_key_plaintext=made.private,
            public_key=made.public,
            key_id=made.key_arn,
            key_pair_spec=given.key_pair_spec,
            key_material_id=made.encrypted.material_id,
        )
