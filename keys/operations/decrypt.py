"""kms:Decrypt."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from keys import conditions, encryption
from keys.lookup import Named
from keys.on_keys import check
from keys.shapes import NO_CONTEXT, RecipientInfo, refuse_recipient
from keys.specs import SYMMETRIC_DEFAULT
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
    key_material_id: str


class Decrypt(Operation[DecryptInput, DecryptOutput]):
    """Decrypts; without a KeyId, with the key that the ciphertext names."""

    name = "kms:Decrypt"

    def checks(self, call: Call, given: DecryptInput) -> Iterable[Check]:
        refuse_recipient(given.recipient)
        encryption.require_context(given.encryption_context)
        ignored = encryption.ignores_ciphertext(given.dry_run, given.dry_run_modifiers)
        encryption.require_source(given.ciphertext_blob, given.key_id, ignored=ignored)
        found = conditions.of_context(given.encryption_context, given.encryption_algorithm)
        named = self._named(call, given)
        asked = check(call, self.name, named, found)
        yield encryption.source_check(call, asked, named, given.key_id)

    def run(self, call: Call, given: DecryptInput) -> DecryptOutput:
        key = self._named(call, given).found
        encryption.require_usable(call, key, self.name, given.encryption_algorithm)
        if encryption.ignores_ciphertext(given.dry_run, given.dry_run_modifiers):
            encryption.stop_if_dry(given.dry_run)
        made = encryption.parsed(given.ciphertext_blob or b"")
        plaintext = encryption.decrypt(key, made, given.encryption_context)
        encryption.stop_if_dry(given.dry_run)
        return DecryptOutput(key.arn, plaintext, given.encryption_algorithm, made.material_id)

    def _named(self, call: Call, given: DecryptInput) -> Named:
        return encryption.source(call, given.ciphertext_blob, given.key_id)
