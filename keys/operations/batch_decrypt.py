"""kms-extras:BatchDecrypt."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from keys import batches
from keys.operations.decrypt import Decrypt
from keys.shapes import NO_CONTEXT
from keys.specs import SYMMETRIC_DEFAULT
from service.call import Part
from service.operation import Call, Operation, Unrestricted
from service.value import value


@value
class DecryptItem:
    ciphertext_blob: bytes
    encryption_context: Mapping[str, str] = field(default_factory=lambda: NO_CONTEXT)
    grant_tokens: tuple[str, ...] = ()
    key_id: str | None = None
    encryption_algorithm: str = SYMMETRIC_DEFAULT


@value
class DecryptResult:
    """Either what kms:Decrypt answers, or its error."""

    plaintext: bytes | None = field(default=None, repr=False)
    key_id: str | None = None
    encryption_algorithm: str | None = None
    key_material_id: str | None = None
    error: batches.Error | None = None


@value
class BatchDecryptInput:
    items: tuple[DecryptItem, ...]


@value
class BatchDecryptOutput:
    results: tuple[DecryptResult, ...]


class BatchDecrypt(Operation[BatchDecryptInput, BatchDecryptOutput]):
    """Decrypts up to 100 ciphertexts, each by itself; results come in the order of the items."""

    name = "kms-extras:BatchDecrypt"

    def checks(self, call: Call, given: BatchDecryptInput) -> Iterable[Unrestricted]:
        batches.require_recordable(given.items)
        yield Unrestricted("each item is decided as kms:Decrypt")

    def run(self, call: Call, given: BatchDecryptInput) -> BatchDecryptOutput:
        parts = batches.asked(call, Decrypt, given.items)
        return BatchDecryptOutput(tuple(_told(each) for each in parts))


def _told(each: Part) -> DecryptResult:
    if each.error is not None:
        return DecryptResult(error=batches.error(each.error))
    made = each.output
    return DecryptResult(
        made.plaintext, made.key_id, made.encryption_algorithm, made.key_material_id
    )
