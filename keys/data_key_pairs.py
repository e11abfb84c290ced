"""Data key pairs: given out with the private key encrypted under a KMS key."""

from collections.abc import Mapping
from dataclasses import field
from typing import Protocol

from keys import conditions, encryption, lookup, material, on_keys, specs
from keys.encryption import Encrypted
from keys.errors import UnsupportedOperation
from keys.specs import AWS_KMS, EXTERNAL, SYMMETRIC_DEFAULT
from keys.uses import stop_if_dry
from service.operation import Call, Check
from service.value import value


class Wanted(Protocol):
    """What the operations that make data key pairs are given."""

    @property
    def key_id(self) -> str: ...
    @property
    def key_pair_spec(self) -> str: ...
    @property
    def encryption_context(self) -> Mapping[str, str]: ...
    @property
    def dry_run(self) -> bool | None: ...


@value
class DataKeyPair:
    """`private` is PKCS #8, `public` SubjectPublicKeyInfo, both in DER."""

    private: bytes = field(repr=False)
    public: bytes
    encrypted: Encrypted
    key_arn: str


def check(call: Call, operation: str, given: Wanted) -> Check:
    """Raises UnsupportedOperation for a KeyPairSpec that is not built here."""
    specs.require_built(given.key_pair_spec)
    encryption.require_context(given.encryption_context)
    found = conditions.of_context(given.encryption_context, SYMMETRIC_DEFAULT)
    found["kms:DataKeyPairSpec"] = given.key_pair_spec
    return on_keys.check(call, operation, lookup.named(call, given.key_id), found)


def make(call: Call, operation: str, given: Wanted) -> DataKeyPair:
    """Raises UnsupportedOperation if the key is in a custom key store."""
    key = lookup.named(call, given.key_id).found
    encryption.require_encrypting(call, key, operation, SYMMETRIC_DEFAULT)
    if key.row.origin not in (AWS_KMS, EXTERNAL):
        raise UnsupportedOperation(
            f"{key.arn} origin is {key.row.origin} which is not valid for this operation."
        )
    stop_if_dry(given.dry_run)
    software = material.software()
    private = software.generate(given.key_pair_spec)
    public = software.public_key(given.key_pair_spec, private)
    encrypted = encryption.encrypt(key, private, given.encryption_context)
    return DataKeyPair(private, public or b"", encrypted, key.arn)
