"""kms:ReEncrypt."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from keys import conditions, encryption, lookup
from keys.lookup import Named
from keys.on_keys import check
from keys.shapes import NO_CONTEXT
from keys.specs import SYMMETRIC_DEFAULT
from keys.uses import stop_if_dry
from service.operation import Call, Check, Operation
from service.value import value

FROM, TO = "kms:ReEncryptFrom", "kms:ReEncryptTo"


@value
class ReEncryptInput:
    destination_key_id: str
    ciphertext_blob: bytes | None = None
    source_encryption_context: Mapping[str, str] = field(default_factory=lambda: NO_CONTEXT)
    source_key_id: str | None = None
    destination_encryption_context: Mapping[str, str] = field(default_factory=lambda: NO_CONTEXT)
    source_encryption_algorithm: str = SYMMETRIC_DEFAULT
    destination_encryption_algorithm: str = SYMMETRIC_DEFAULT
    grant_tokens: tuple[str, ...] = ()
    dry_run: bool | None = None
    dry_run_modifiers: tuple[str, ...] = ()


@value
class ReEncryptOutput:
    ciphertext_blob: bytes
    source_key_id: str
    key_id: str
    source_encryption_algorithm: str
    destination_encryption_algorithm: str
    source_key_material_id: str | None
    destination_key_material_id: str | None


class ReEncrypt(Operation[ReEncryptInput, ReEncryptOutput]):
    """Decrypts and encrypts again; the plaintext is never told."""

    name = "kms:ReEncrypt"

    def checks(self, call: Call, given: ReEncryptInput) -> Iterable[Check]:
        blob, old = given.ciphertext_blob, given.source_encryption_algorithm
        new = given.destination_encryption_algorithm
        encryption.require_context(given.source_encryption_context, old)
        encryption.require_context(given.destination_encryption_context, new)
        ignored = encryption.ignores_ciphertext(given.dry_run, given.dry_run_modifiers)
        encryption.require_source(blob, given.source_key_id, old, ignored=ignored)
        source, destination = _source(call, given), _destination(call, given)
        same = {"kms:ReEncryptOnSameKey": conditions.truth(_same(source, destination))}
        context = given.source_encryption_context
        found = conditions.of_context(context, old) | same
        asked = check(call, FROM, source, found, context)
        yield encryption.source_check(call, asked, source, given.source_key_id)
        context = given.destination_encryption_context
        found = conditions.of_context(context, new) | same
        yield check(call, TO, destination, found, context)

    def run(self, call: Call, given: ReEncryptInput) -> ReEncryptOutput:
        source, destination = _source(call, given).found, _destination(call, given).found
        blob, context = given.ciphertext_blob, given.source_encryption_context
        old_algorithm = given.source_encryption_algorithm
        new_algorithm = given.destination_encryption_algorithm
        encryption.require_decrypting(call, source, self.name, old_algorithm, blob)
        encryption.require_encrypting(call, destination, self.name, new_algorithm)
        if encryption.ignores_ciphertext(given.dry_run, given.dry_run_modifiers):
            stop_if_dry(given.dry_run)
        old = encryption.decrypt(source, blob or b"", context, old_algorithm)
        encryption.require_fitting(destination, old.plaintext, new_algorithm)
        stop_if_dry(given.dry_run)
        context = given.destination_encryption_context
        new = encryption.encrypt(destination, old.plaintext, context, new_algorithm)
        return ReEncryptOutput(
            ciphertext_blob=new.blob,
            source_key_id=source.arn,
            key_id=destination.arn,
            source_encryption_algorithm=old_algorithm,
            destination_encryption_algorithm=new_algorithm,
            source_key_material_id=old.material_id,
            destination_key_material_id=new.material_id,
        )


def _source(call: Call, given: ReEncryptInput) -> Named:
    return encryption.source(call, given.ciphertext_blob, given.source_key_id)


def _destination(call: Call, given: ReEncryptInput) -> Named:
    return lookup.named(call, given.destination_key_id)


def _same(source: Named, destination: Named) -> bool:
    return source.resource.arn == destination.resource.arn
