"""A secret's values: sealed under the key service, as the caller, each with its own data key.

The encryption context binds a data key to the secret and its version, as on AWS; the value
is bound to its kind besides.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field, replace

from crypto import envelope
from crypto.errors import CannotOpen
from keys import envelopes
from secrets_app.errors import DecryptionFailure, EncryptionFailure, InternalServiceError
from secrets_app.models import Kind, Secret, SecretVersion
from service.arns import Arn
from service.caller import Caller
from service.errors import AccessDenied, ServiceError, Unavailable
from service.regions import partition_of
from service.value import value

DEFAULT_KEY = "alias/aws/secretsmanager"
VIA = "secretsmanager.amazonaws.com"


@value
class Value:
    """A secret's value; a string's is its UTF-8."""

    kind: str
    content: bytes = field(repr=False)

    @property
    def text(self) -> str | None:
        return self.content.decode() if self.kind == Kind.STRING else None

    @property
    def binary(self) -> bytes | None:
        return self.content if self.kind == Kind.BINARY else None


def seal(caller: Caller, secret: Secret, version_id: str, given: Value) -> bytes:
    """What is stored of a value. Raises AccessDenied or EncryptionFailure."""
    with _told_as(EncryptionFailure):
        return envelopes.seal(
            _through(caller, secret),
            key_of(secret.account, secret.region, secret.kms_key),
            _context(secret, version_id),
            given.content,
            _associated(secret, version_id, given.kind),
        )


def opened(caller: Caller, secret: Secret, version: SecretVersion, sealed: bytes) -> Value:
    """What `seal` was given. Raises AccessDenied or DecryptionFailure.

    InternalServiceError if it was altered.
    """
    try:
        with _told_as(DecryptionFailure):
            content = envelopes.opened(
                _through(caller, secret),
                _context(secret, version.version_id),
                sealed,
                _associated(secret, version.version_id, version.kind),
            )
    except CannotOpen:
        raise InternalServiceError from None
    return Value(version.kind, content)


def key_of(account: str, region: str, kms_key: str) -> str:
    """How the key service is asked for a secret's key, whoever asks.

    A key id or an alias means one of the secret's own account and region.
    """
    named = kms_key or DEFAULT_KEY
    if named.startswith("arn:"):
        return named
    resource = named if named.startswith("alias/") else f"key/{named}"
    return str(Arn(partition_of(region), "kms", region, account, resource))


def stored_key(account: str, region: str, given: str) -> str:
    """A request's KmsKeyId as it is stored: empty for the default key, however it is called."""
    default = key_of(account, region, DEFAULT_KEY)
    return "" if given in ("", DEFAULT_KEY, default) else given


def _through(caller: Caller, secret: Secret) -> Caller:
    if caller.region != secret.region:
        caller = replace(caller, region=secret.region)
    return caller.through(VIA)


def _context(secret: Secret, version_id: str) -> Mapping[str, str]:
    return {"SecretARN": secret.arn, "SecretVersionId": version_id}


def _associated(secret: Secret, version_id: str, kind: str) -> bytes:
    return envelope.associated(secret.arn, version_id, kind)


@contextmanager
def _told_as(failure: type[ServiceError]) -> Iterator[None]:
    """The key service's errors as Secrets Manager tells them."""
    try:
        yield
    except AccessDenied as refused:  # the console tells what refused
        raise AccessDenied("Access to KMS is not allowed") from refused
    except Unavailable:
        raise
    except ServiceError as error:
        if error.status >= 500:
            raise
        raise failure from None
