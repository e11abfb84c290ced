"""kms:Decrypt."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from keys import conditions, encryption
from keys.lookup import Named
from keys.on_keys import check
from keys.shapes import NO_CONTEXT, RecipientInfo, refuse_recipient
from keys.specs import SYMMETRIC_DEFAULT
from keys.uses import stop_if_dry
from service.operation import Call, Check, Operation
from service.value import value


@value
class DecryptInput:
    ciphertext_blob: bytes | None = None
    encryption_context: Mapping[str, str] = field(default_factory=lambda: NO_CONTEXT)
    grant_tokens: tuple[str, ...] = ()
    key_id: str | None = None
    encryption_algorithm: str = SYMMETRIC_DEFAULT
    recipient: RecipientInfo | None = None
    dry_run: bool | None = None
    dry_run_modifiers: tuple[str, ...] = ()


@value
class DecryptOutput:
    key_id: str
    plaintext: bytes = field(repr=False)
    encryption_algorithm: str
    key_material_id: str | None


class Decrypt(Operation[DecryptInput, DecryptOutput]):
    """Decrypts; without a KeyId, with the key that the ciphertext names."""

    name = "kms:Decrypt"

    def checks(self, call: Call, given: DecryptInput) -> Iterable[Check]:
        refuse_recipient(given.recipient)
        blob, algorithm = given.ciphertext_blob, given.encryption_algorithm
        encryption.require_context(given.encryption_context, algorithm)
        ignored = encryption.ignores_ciphertext(given.dry_run, given.dry_run_modifiers)
        encryption.require_source(blob, given.key_id, algorithm, ignored=ignored)
        found = conditions.of_context(given.encryption_context, algorithm)
        named = self._named(call, given)
        asked = check(call, self.name, named, found)
        yield encryption.source_check(call, asked, named, given.key_id)

    def run(self, call: Call, given: DecryptInput) -> DecryptOutput:
        key = self._named(call, given).found
        blob, algorithm = given.ciphertext_blob, given.encryption_algorithm
        encryption.require_decrypting(call, key, self.name, algorithm, blob)
        if encryption.ignores_ciphertext(given.dry_run, given.dry_run_modifiers):
            stop_if_dry(given.dry_run)
        made = encryption.decrypt(key, blob or b"", given.encryption_context, algorithm)
        stop_if_dry(given.dry_run)
        return DecryptOutput(key.arn, made.plaintext, algorithm, made.material_id)

    def _named(self, call: Call, given: DecryptInput) -> Named:
        return encryption.source(call, given.ciphertext_blob, given.key_id)
