"""kms:Encrypt."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from keys import conditions, encryption, lookup
from keys.on_keys import check
from keys.shapes import NO_CONTEXT
from keys.specs import SYMMETRIC_DEFAULT
from keys.uses import stop_if_dry
from service.operation import Call, Check, Operation
from service.value import value


@value
class EncryptInput:
    key_id: str
    plaintext: bytes = field(repr=False)
    encryption_context: Mapping[str, str] = field(default_factory=lambda: NO_CONTEXT)
    grant_tokens: tuple[str, ...] = ()
    encryption_algorithm: str = SYMMETRIC_DEFAULT
    dry_run: bool | None = None


@value
class EncryptOutput:
    ciphertext_blob: bytes
    key_id: str
    encryption_algorithm: str


class Encrypt(Operation[EncryptInput, EncryptOutput]):
    """Encrypts up to 4,096 bytes; with a public key, less."""

    name = "kms:Encrypt"

    def checks(self, call: Call, given: EncryptInput) -> Iterable[Check]:
        encryption.require_context(given.encryption_context, given.encryption_algorithm)
        found = conditions.of_context(given.encryption_context, given.encryption_algorithm)
        yield check(call, self.name, lookup.named(call, given.key_id), found)

    def run(self, call: Call, given: EncryptInput) -> EncryptOutput:
        key = lookup.named(call, given.key_id).found
        algorithm = given.encryption_algorithm
        encryption.require_encrypting(call, key, self.name, algorithm)
        encryption.require_fitting(key, given.plaintext, algorithm)
        stop_if_dry(given.dry_run)
        made = encryption.encrypt(key, given.plaintext, given.encryption_context, algorithm)
        return EncryptOutput(made.blob, key.arn, algorithm)
