"""Data keys: random bytes, given out with their ciphertext under a KMS key."""

from collections.abc import Mapping
from dataclasses import field
from typing import Protocol

from keys import conditions, encryption, lookup, on_keys
from keys.encryption import Encrypted
from keys.specs import SYMMETRIC_DEFAULT
from keys.uses import stop_if_dry
from service.errors import ValidationFailed
from service.operation import Call, Check
from service.value import value

_BYTES = {"AES_256": 32, "AES_128": 16}


class Wanted(Protocol):
    """What the operations that make data keys are given."""

    @property
    def key_id(self) -> str: ...
    @property
    def encryption_context(self) -> Mapping[str, str]: ...
    @property
    def number_of_bytes(self) -> int | None: ...
    @property
    def key_spec(self) -> str | None: ...
    @property
    def dry_run(self) -> bool | None: ...


@value
class DataKey:
    plaintext: bytes = field(repr=False)
    encrypted: Encrypted
    key_arn: str


def check(call: Call, operation: str, given: Wanted) -> Check:
    """Raises ValidationFailed if the request does not say one length."""
    _length(given)
    encryption.require_context(given.encryption_context)
    found = conditions.of_context(given.encryption_context, SYMMETRIC_DEFAULT)
    return on_keys.check(call, operation, lookup.named(call, given.key_id), found)


def make(call: Call, operation: str, given: Wanted) -> DataKey:
    key = lookup.named(call, given.key_id).found
    encryption.require_encrypting(call, key, operation, SYMMETRIC_DEFAULT)
    stop_if_dry(given.dry_run)
    plaintext = encryption.random(key, _length(given))
    return DataKey(plaintext, encryption.encrypt(key, plaintext, given.encryption_context), key.arn)


def _length(given: Wanted) -> int:
    if (given.number_of_bytes is None) == (given.key_spec is None):
        raise ValidationFailed("Please specify either number of bytes or key spec.")
    return given.number_of_bytes or _BYTES[given.key_spec or ""]
