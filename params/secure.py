"""A SecureString's value: encrypted and decrypted by the key service, as the caller.

The key service is called as any client calls it, on the caller's behalf: its policies,
grants and key states decide, and its record is a call of its own. The encryption context
binds a value to its parameter.

Up to 4 KB, the Standard tier, KMS encrypts the value itself. In the Advanced tier it makes
a data key (`keys.envelopes`).

https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from crypto import envelope
from crypto.errors import CannotOpen
from keys import envelopes
from keys.errors import IncorrectKey, InvalidCiphertextGiven
from keys.operations.decrypt import Decrypt
from keys.operations.encrypt import Encrypt
from params.errors import InternalServerError, InvalidKeyId
from params.models import Tier
from service.call import call
from service.caller import Caller
from service.errors import AccessDenied, ServiceError

DEFAULT_KEY = "alias/aws/ssm"
VIA = "ssm.amazonaws.com"


def seal(caller: Caller, key_id: str, arn: str, tier: str, secret: bytes) -> bytes:
    """What is stored of `secret`. Raises InvalidKeyId, and AccessDenied as KMS does."""
    context = _context(arn)
    with _of_key(caller):
        if tier == Tier.STANDARD:
            given = {"KeyId": key_id, "Plaintext": secret, "EncryptionContext": context}
            return bytes(_asked(caller, Encrypt, given).ciphertext_blob)
        bound = envelope.associated(arn)
        return envelopes.seal(caller.through(VIA), key_id, context, secret, bound)


def opened(caller: Caller, arn: str, tier: str, blob: bytes) -> bytes:
    """What `seal` was given. Raises as it does, and InternalServerError if it was altered."""
    if tier == Tier.STANDARD:
        return _decrypted(caller, arn, blob)
    try:
        with _of_key(caller):
            bound = envelope.associated(arn)
            return envelopes.opened(caller.through(VIA), _context(arn), blob, bound)
    except CannotOpen:
        raise InternalServerError from None


def _decrypted(caller: Caller, arn: str, blob: bytes) -> bytes:
    with _of_key(caller):
        given = {"CiphertextBlob": blob, "EncryptionContext": _context(arn)}
        return bytes(_asked(caller, Decrypt, given).plaintext)


def _context(arn: str) -> Mapping[str, str]:
    return {"PARAMETER_ARN": arn}


def _asked(caller: Caller, operation: type[Any], given: Mapping[str, Any]) -> Any:
    return call(caller.through(VIA), operation, given)


@contextmanager
def _of_key(caller: Caller) -> Iterator[None]:
    """KMS's errors as Parameter Store tells them: what is wrong with the key is InvalidKeyId."""
    try:
        yield
    except AccessDenied:
        raise
    except (InvalidCiphertextGiven, IncorrectKey):
        raise InternalServerError from None
    except ServiceError as error:
        if error.status >= 500:
            raise
        raise InvalidKeyId(
            f"{error.message} (Service: AWSKMS; Status Code: {error.status}; Error Code: "
            f"{error.code}; Request ID: {caller.request_id}; Proxy: null)"
        ) from None
