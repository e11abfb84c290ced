"""kms-extras:BatchEncrypt."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from keys import batches
from keys.operations.encrypt import Encrypt
from keys.shapes import NO_CONTEXT
from keys.specs import SYMMETRIC_DEFAULT
from service.call import Part
from service.operation import Call, Operation, Unrestricted
from service.value import value


@value
class EncryptItem:
    key_id: str
    plaintext: bytes = field(repr=False)
    encryption_context: Mapping[str, str] = field(default_factory=lambda: NO_CONTEXT)
    grant_tokens: tuple[str, ...] = ()
    encryption_algorithm: str = SYMMETRIC_DEFAULT


@value
class EncryptResult:
    """Either what kms:Encrypt answers, or its error."""

    ciphertext_blob: bytes | None = None
    key_id: str | None = None
    encryption_algorithm: str | None = None
    error: batches.Error | None = None


@value
class BatchEncryptInput:
    items: tuple[EncryptItem, ...]


@value
class BatchEncryptOutput:
    results: tuple[EncryptResult, ...]


class BatchEncrypt(Operation[BatchEncryptInput, BatchEncryptOutput]):
    """Encrypts up to 100 plaintexts, each by itself; results come in the order of the items."""

    name = "kms-extras:BatchEncrypt"

    def checks(self, call: Call, given: BatchEncryptInput) -> Iterable[Unrestricted]:
        batches.require_recordable(given.items)
        yield Unrestricted("each item is decided as kms:Encrypt")

    def run(self, call: Call, given: BatchEncryptInput) -> BatchEncryptOutput:
        parts = batches.asked(call, Encrypt, given.items)
        return BatchEncryptOutput(tuple(_told(each) for each in parts))


def _told(each: Part) -> EncryptResult:
    if each.error is not None:
        return EncryptResult(error=batches.error(each.error))
    made = each.output
    return EncryptResult(made.ciphertext_blob, made.key_id, made.encryption_algorithm)
