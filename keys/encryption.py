"""Encrypting and decrypting with a key, and what KMS asks before it."""

from collections.abc import Mapping
from dataclasses import field, replace
from types import MappingProxyType

from crypto import ciphertext
from crypto.ciphertext import Ciphertext
from crypto.errors import InvalidCiphertext, MaterialUnavailable
from iam.authorize import decision_for
from keys import identifiers, lookup, states
from keys.errors import IncorrectKey, InvalidCiphertextGiven, InvalidState
from keys.lookup import LoadedKey, Named
from keys.specs import ENCRYPT_DECRYPT, SYMMETRIC_DEFAULT
from keys.uses import require_usable
from service.caller import Caller
from service.errors import AccessDenied, ValidationFailed
from service.operation import Call, Check
from service.value import value

MOST_CONTEXT = 8192  # characters, of all keys and values together
IGNORE_CIPHERTEXT = "IGNORE_CIPHERTEXT"


# bytes: RFC 8017, 7.1.1; a symmetric key's limit is the model's
_MOST_PLAINTEXT: Mapping[tuple[str, str], int] = MappingProxyType(
    {
        ("RSA_2048", "RSAES_OAEP_SHA_1"): 214,
        ("RSA_2048", "RSAES_OAEP_SHA_256"): 190,
        ("RSA_3072", "RSAES_OAEP_SHA_1"): 342,
        ("RSA_3072", "RSAES_OAEP_SHA_256"): 318,
        ("RSA_4096", "RSAES_OAEP_SHA_1"): 470,
        ("RSA_4096", "RSAES_OAEP_SHA_256"): 446,
    }
)


@value
class Encrypted:
    """`material_id` is None if the key is asymmetric, for it has but one."""

    blob: bytes
    material_id: str | None


@value
class Decrypted:
    """`material_id` as in `Encrypted`."""

    plaintext: bytes = field(repr=False)
    material_id: str | None


def require_context(context: Mapping[str, str], algorithm: str = SYMMETRIC_DEFAULT) -> None:
    """Raise ValidationFailed for an encryption context that KMS does not take.

    It is longer than allowed, or the algorithm has no place for one.
    """
    if not context:
        return
    if algorithm != SYMMETRIC_DEFAULT:
        raise ValidationFailed(
            "EncryptionContext is not supported when encrypting/decrypting with asymmetric CMKs."
        )
    if sum(len(key) + len(value) for key, value in context.items()) > MOST_CONTEXT:
        raise ValidationFailed(
            f"The encryption context is longer than {MOST_CONTEXT} characters in all."
        )


def require_encrypting(call: Call, key: LoadedKey, operation: str, algorithm: str) -> None:
    """Raise what KMS answers unless the key can encrypt with the algorithm now."""
    require_usable(call, key, operation, ENCRYPT_DECRYPT, algorithm)


def require_decrypting(
    call: Call, key: LoadedKey, operation: str, algorithm: str, blob: bytes | None
) -> None:
    """Raise what KMS answers unless the key can decrypt with the algorithm now.

    A symmetric key's ciphertext given to a key of another kind is given to an incorrect key,
    whatever that one is for.
    """
    row = key.row
    if row.spec != SYMMETRIC_DEFAULT and algorithm == SYMMETRIC_DEFAULT and _is_parsable(blob):
        states.require(operation, row, call.caller.time)
        raise IncorrectKey
    require_usable(call, key, operation, ENCRYPT_DECRYPT, algorithm)


def require_fitting(key: LoadedKey, plaintext: bytes, algorithm: str) -> None:
    """Raise ValidationFailed if the plaintext is too long for the key and algorithm."""
    most = _MOST_PLAINTEXT.get((key.row.spec, algorithm))
    if most is not None and len(plaintext) > most:
        raise ValidationFailed(
            f"Algorithm {algorithm} and key spec {key.row.spec} cannot encrypt data larger "
            f"than {most} bytes."
        )


def encrypt(
    key: LoadedKey,
    plaintext: bytes,
    context: Mapping[str, str],
    algorithm: str = SYMMETRIC_DEFAULT,
) -> Encrypted:
    """Raises InvalidState if what holds the key does not answer."""
    current = key.current
    if algorithm != SYMMETRIC_DEFAULT:
        public = key.provider.encrypting_publicly(current)
        return Encrypted(public.encrypt(plaintext, algorithm), None)
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


def decrypt(key: LoadedKey, blob: bytes, context: Mapping[str, str], algorithm: str) -> Decrypted:
    """Raises IncorrectKey if another key made the ciphertext, InvalidCiphertextGiven, and
    InvalidState as `encrypt` does."""
    try:
        if algorithm != SYMMETRIC_DEFAULT:
            private = key.provider.decrypting_privately(key.current)
            return Decrypted(private.decrypt(blob, algorithm), None)
        return _decrypt(key, Ciphertext.parse(blob), context)
    except InvalidCiphertext:
        raise InvalidCiphertextGiven from None
    except MaterialUnavailable as error:
        raise _unavailable(key, error) from None


def _decrypt(key: LoadedKey, made: Ciphertext, context: Mapping[str, str]) -> Decrypted:
    if made.key_id != key.row.key_id:
        raise IncorrectKey
    if made.material_id not in key.materials:
        raise InvalidCiphertext
    cipher = key.provider.encrypting(key.materials[made.material_id])
    return Decrypted(ciphertext.decrypt(cipher, made, context), made.material_id)


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
    try:
        made = Ciphertext.parse(blob or b"")
    except InvalidCiphertext:
        raise InvalidCiphertextGiven from None
    return call.once(("source", made.key_id), lambda: _maker(call.caller, made.key_id))


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


def require_source(
    blob: bytes | None, key_text: str | None, algorithm: str, *, ignored: bool
) -> None:
    """Raise ValidationFailed unless there is something to decrypt, or a key to try."""
    if key_text is None and algorithm != SYMMETRIC_DEFAULT:
        raise ValidationFailed(f"A key must be specified to decrypt with {algorithm}.")
    if blob is None and not ignored:
        raise ValidationFailed(
            "1 validation error detected: Value at 'ciphertextBlob' failed to satisfy "
            "constraint: Member must not be null"
        )
    if ignored and key_text is None:
        raise ValidationFailed("A key must be specified when IGNORE_CIPHERTEXT is used.")


def _is_parsable(blob: bytes | None) -> bool:
    try:
        Ciphertext.parse(blob or b"")
    except InvalidCiphertext:
        return False
    return True


def _unavailable(key: LoadedKey, error: MaterialUnavailable) -> InvalidState:
    """AWS's error for whatever fails behind a custom key store that is connected."""
    store = key.row.store
    return InvalidState(
        f"{key.arn} cannot be used: its custom key store {store} does not answer ({error.reason})."
    )


def _maker(caller: Caller, key_id: str) -> Named:
    """The key with the id, whoever's it is, where a ciphertext alone names it."""
    key = lookup.by_key_id(caller, key_id)
    if key is None:
        return _unknown(caller, key_id)
    return Named(identifiers.key_name(caller, key.row.account, key_id), key.resource, key)


def _unknown(caller: Caller, key_id: str) -> Named:
    refusal = AccessDenied(
        "The ciphertext refers to a customer master key that does not exist, does not exist "
        "in this region, or you are not allowed to access."
    )
    name = identifiers.key_name(caller, caller.account, key_id)
    return Named(name, replace(lookup.missing(name), missing=refusal), None)
