"""kms:ReEncrypt."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from keys import conditions, encryption, lookup
from keys.lookup import Named
from keys.on_keys import check
from keys.shapes import NO_CONTEXT
from keys.specs import SYMMETRIC_DEFAULT
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
    source_key_material_id: str
    destination_key_material_id: str


class ReEncrypt(Operation[ReEncryptInput, ReEncryptOutput]):
    """Decrypts and encrypts again; the plaintext is never told."""

    name = "kms:ReEncrypt"

    def checks(self, call: Call, given: ReEncryptInput) -> Iterable[Check]:
        encryption.require_context(given.source_encryption_context)
        encryption.require_context(given.destination_encryption_context)
        ignored = encryption.ignores_ciphertext(given.dry_run, given.dry_run_modifiers)
        encryption.require_source(given.ciphertext_blob, given.source_key_id, ignored=ignored)
        source, destination = _source(call, given), _destination(call, given)
        same = {"kms:ReEncryptOnSameKey": conditions.truth(_same(source, destination))}
        context, algorithm = given.source_encryption_context, given.source_encryption_algorithm
        found = conditions.of_context(context, algorithm) | same
        asked = check(call, FROM, source, found, context)
        yield encryption.source_check(call, asked, source, given.source_key_id)
        context = given.destination_encryption_context
        algorithm = given.destination_encryption_algorithm
        found = conditions.of_context(context, algorithm) | same
        yield check(call, TO, destination, found, context)

    def run(self, call: Call, given: ReEncryptInput) -> ReEncryptOutput:
        source, destination = _source(call, given).found, _destination(call, given).found
        encryption.require_usable(call, source, self.name, given.source_encryption_algorithm)
        encryption.require_usable(
            call, destination, self.name, given.destination_encryption_algorithm
        )
        if encryption.ignores_ciphertext(given.dry_run, given.dry_run_modifiers):
            encryption.stop_if_dry(given.dry_run)
        old = encryption.parsed(given.ciphertext_blob or b"")
        plaintext = encryption.decrypt(source, old, given.source_encryption_context)
        encryption.stop_if_dry(given.dry_run)
        new = encryption.encrypt(destination, plaintext, given.destination_encryption_context)
        return ReEncryptOutput(
            ciphertext_blob=new.blob,
            source_key_id=source.arn,
            key_id=destination.arn,
            source_encryption_algorithm=given.source_encryption_algorithm,
            destination_encryption_algorithm=given.destination_encryption_algorithm,
            source_key_material_id=old.material_id,
            destination_key_material_id=new.material_id,
        )


def _source(call: Call, given: ReEncryptInput) -> Named:
    return encryption.source(call, given.ciphertext_blob, given.source_key_id)


def _destination(call: Call, given: ReEncryptInput) -> Named:
    return lookup.named(call, given.destination_key_id)


def _same(source: Named, destination: Named) -> bool:
    return source.resource.arn == destination.resource.arn
