"""Encrypting and decrypting with a key, and what KMS asks before it."""

from collections.abc import Mapping
from dataclasses import replace

from crypto import ciphertext
from crypto.ciphertext import Ciphertext
from crypto.errors import InvalidCiphertext, MaterialUnavailable
from iam.authorize import decision_for
from keys import identifiers, lookup, specs, states
from keys.errors import DryRunSucceeded, IncorrectKey, InvalidCiphertextGiven
from keys.lookup import LoadedKey, Named
from keys.specs import ENCRYPT_DECRYPT
from keys.stores import kinds
from service.caller import Caller
from service.errors import AccessDenied, ServiceError, ValidationFailed
from service.operation import Call, Check
from service.value import value

MOST_CONTEXT = 8192  # characters, of all keys and values together
IGNORE_CIPHERTEXT = "IGNORE_CIPHERTEXT"


@value
class Encrypted:
    blob: bytes
    material_id: str


def require_context(context: Mapping[str, str]) -> None:
    """Raise ValidationFailed if the encryption context is longer than KMS takes."""
    if sum(len(key) + len(value) for key, value in context.items()) > MOST_CONTEXT:
        raise ValidationFailed(
            f"The encryption context is longer than {MOST_CONTEXT} characters in all."
        )


def require_usable(call: Call, key: LoadedKey, operation: str, algorithm: str) -> None:
    """Raise what KMS answers unless the key can encrypt or decrypt with the algorithm now."""
    row, action = key.row, operation.removeprefix("kms:")
    states.require(operation, row, call.caller.time)
    specs.require_usage(key.arn, row.usage, ENCRYPT_DECRYPT, action)
    specs.require_algorithm(row.spec, row.usage, algorithm)


def stop_if_dry(dry_run: bool | None) -> None:
    """Raise DryRunSucceeded: everything was checked, and nothing is to happen."""
    if dry_run:
        raise DryRunSucceeded


def encrypt(key: LoadedKey, plaintext: bytes, context: Mapping[str, str]) -> Encrypted:
    """Raises InvalidState if what holds the key does not answer."""
    current = key.current
    try:
        cipher = key.provider.encrypting(current)
        blob = ciphertext.encrypt(cipher, key.row.key_id, current.id, plaintext, context)
    except MaterialUnavailable as error:
        raise _unavailable(key, error) from None
    return Encrypted(blob, current.id)


def random(key: LoadedKey, count: int) -> bytes:
    """Bytes for a data key. Raises InvalidState as `encrypt` does."""
    try:
        return key.provider.random(count)
    except MaterialUnavailable as error:
        raise _unavailable(key, error) from None


def decrypt(key: LoadedKey, made: Ciphertext, context: Mapping[str, str]) -> bytes:
    """Raises IncorrectKey if another key made the ciphertext, InvalidCiphertextGiven, and
    InvalidState as `encrypt` does."""
    if made.key_id != key.row.key_id:
        raise IncorrectKey
    if made.material_id not in key.materials:
        raise InvalidCiphertextGiven
    try:
        cipher = key.provider.encrypting(key.materials[made.material_id])
        return ciphertext.decrypt(cipher, made, context)
    except InvalidCiphertext:
        raise InvalidCiphertextGiven from None
    except MaterialUnavailable as error:
        raise _unavailable(key, error) from None


def parsed(blob: bytes) -> Ciphertext:
    try:
        return Ciphertext.parse(blob)
    except InvalidCiphertext:
        raise InvalidCiphertextGiven from None


def ignores_ciphertext(dry_run: bool | None, modifiers: tuple[str, ...]) -> bool:
    """Whether only permissions are to be tried. Raises ValidationFailed without DryRun."""
    if modifiers and not dry_run:
        raise ValidationFailed("DryRunModifiers can be used only when DryRun is true.")
    return IGNORE_CIPHERTEXT in modifiers


def source(call: Call, blob: bytes | None, key_text: str | None) -> Named:
    """The key that is to decrypt: the one the request names, else the one the ciphertext does.

    Raises InvalidCiphertextGiven if neither does.
    """
    if key_text is not None:
        return lookup.named(call, key_text)
    made = parsed(blob or b"")
    return call.once(("source", made.key_id), lambda: _maker(call, made.key_id))


def source_check(call: Call, asked: Check, named: Named, key_text: str | None) -> Check:
    """`asked` about the key that is to decrypt, as it may be put.

    Who may not use a key of another account that only the ciphertext names is told the same
    as if it were not there: a ciphertext is no way to find out whose key made it.
    """
    caller = call.caller
    if key_text is not None or named.name.account == caller.account:
        return asked
    if decision_for(caller, asked).allowed:
        return asked
    return replace(asked, resource=_unknown(caller, named.name.key_id).resource)


def require_source(blob: bytes | None, key_text: str | None, *, ignored: bool) -> None:
    """Raise ValidationFailed unless there is something to decrypt, or a key to try."""
    if blob is None and not ignored:
        raise ValidationFailed(
            "1 validation error detected: Value at 'ciphertextBlob' failed to satisfy "
            "constraint: Member must not be null"
        )
    if ignored and key_text is None:
        raise ValidationFailed("A key must be specified when IGNORE_CIPHERTEXT is used.")


def _unavailable(key: LoadedKey, error: MaterialUnavailable) -> ServiceError:
    """AWS's error for whatever fails behind a custom key store that is connected."""
    store = key.row.store
    assert store is not None  # noqa: S101 - what is in no store is here
    return kinds.of(store).refusal(key.arn, store, error)


def _maker(call: Call, key_id: str) -> Named:
    """The key with the id, whoever's it is, where a ciphertext alone names it."""
    caller = call.caller
    key = lookup.by_key_id(caller, key_id)
    if key is None:
        return _unknown(caller, key_id)
    name = identifiers.key_name(caller, key.row.account, key_id)
    return lookup.in_call(call, Named(name, key.resource, key))


def _unknown(caller: Caller, key_id: str) -> Named:
    refusal = AccessDenied(
        "The ciphertext refers to a customer master key that does not exist, does not exist "
        "in this region, or you are not allowed to access."
    )
    name = identifiers.key_name(caller, caller.account, key_id)
    return Named(name, replace(lookup.missing(name), missing=refusal), None)
