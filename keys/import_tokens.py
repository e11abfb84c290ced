"""Import tokens: what a customer keeps of GetParametersForImport until the material comes.

A token is sealed under the wrapping key of the account and region, bound to one KMS key's ARN,
and holds what is needed to unwrap: the algorithm, until when it counts (seconds since 1970),
the private wrapping key. The service keeps nothing: docs/bring-your-own-key.md says why.
"""

from datetime import datetime, timedelta

from crypto import wrapping
from crypto.errors import CannotOpen, InvalidCiphertext
from keys.errors import (
    ExpiredImportToken,
    InvalidCiphertextGiven,
    InvalidImportToken,
    UnsupportedOperation,
)
from keys.models import Key
from sealing import vault
from service.value import value

LIFETIME = timedelta(hours=24)
_PURPOSE = "import token"

DIRECT = (wrapping.DIRECT_SHA_1, wrapping.DIRECT_SHA_256)
WITH_AES_KEY = (wrapping.AES_SHA_1, wrapping.AES_SHA_256)
# AWS's "Select a wrapping algorithm", by how a KeySpec begins; what is left is wrapped directly
_ALGORITHMS = (
    ("RSA_", WITH_AES_KEY),
    ("ECC_", DIRECT + WITH_AES_KEY),
    ("ML_", WITH_AES_KEY),
    ("", DIRECT),
)
_TOO_LONG = ("ECC_NIST_P521", "RSA_2048")  # a key that another cannot encrypt in one piece


@value
class Parameters:
    """What GetParametersForImport answers; `public` is DER."""

    token: bytes
    public: bytes
    valid_to: datetime


def require_fit(key_spec: str, algorithm: str, wrapping_spec: str) -> None:
    """Raise UnsupportedOperation unless keys of the spec are imported in this way."""
    if algorithm not in wrapping.ALGORITHMS:
        raise UnsupportedOperation(f"WrappingAlgorithm {algorithm} is not supported.")
    if wrapping_spec not in wrapping.BITS:
        raise UnsupportedOperation(f"WrappingKeySpec {wrapping_spec} is not supported.")
    allowed = next(found for prefix, found in _ALGORITHMS if key_spec.startswith(prefix))
    too_long = algorithm in DIRECT and (key_spec, wrapping_spec) == _TOO_LONG
    if algorithm not in allowed or too_long:
        raise UnsupportedOperation(
            f"WrappingAlgorithm {algorithm} with WrappingKeySpec {wrapping_spec} is not supported "
            f"for key spec {key_spec}."
        )


def issue(key: Key, algorithm: str, wrapping_spec: str, time: datetime) -> Parameters:
    """A fresh wrapping key and its token. Makes an RSA key: up to seconds of work."""
    private, public = wrapping.generate(wrapping_spec)
    until = (time + LIFETIME).replace(microsecond=0)
    content = b"\n".join((algorithm.encode(), str(int(until.timestamp())).encode(), private))
    token = vault.seal(key.account, key.region, content, _PURPOSE, key.arn)
    return Parameters(token, public, until)


def unwrap(key: Key, token: bytes, wrapped: bytes, time: datetime) -> bytes:
    """The material that was wrapped as the token says.

    Raises InvalidImportToken if it is none, or another key's; ExpiredImportToken;
    InvalidCiphertextGiven if the material was wrapped otherwise.
    """
    try:
        content = vault.open_sealed(key.account, key.region, token, _PURPOSE, key.arn)
    except CannotOpen:
        raise InvalidImportToken from None
    algorithm, until, private = content.split(b"\n", 2)
    if time.timestamp() >= int(until):
        raise ExpiredImportToken
    try:
        return wrapping.unwrap(private, algorithm.decode(), wrapped)
    except InvalidCiphertext:
        raise InvalidCiphertextGiven from None
