"""The values that one call has to do with: opened and sealed once each.

An operation that changes a secret asks for them before its transaction, because a key may
be held by an HSM or by another service; in the transaction they are at hand. Where something
was changed meanwhile, they are made then.
"""

import hmac
from collections.abc import Callable, Hashable
from typing import TypeVar

from secrets_app import lookup, sealing
from secrets_app.errors import InvalidParameter, InvalidRequest, ResourceNotFound
from secrets_app.models import Kind, Secret, SecretVersion
from secrets_app.sealing import Value
from service.caller import Caller
from service.errors import ServiceError, ValidationFailed

T = TypeVar("T")
MOST_BYTES = 65_536


class Values:
    """What fails once fails in the same way ever after."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._known: dict[Hashable, object] = {}

    def as_other(self, name: str, become: Callable[[Caller], Caller]) -> "Values":
        """The values as somebody else, who goes by `name` in this call. Raises as `become`."""
        return self._once(("other", name), lambda: Values(become(self._caller)))

    def opened(self, secret: Secret, version: SecretVersion) -> Value:
        """A version's value. Raises ResourceNotFound if it has none, and as `sealing.opened`."""
        key = ("opened", secret.arn, version.version_id)
        return self._once(key, lambda: self._opened(secret, version))

    def knows(self, secret: Secret, version_id: str, given: Value) -> None:
        """The version has been made of this value."""
        self._known["opened", secret.arn, version_id] = given

    def sealed(self, secret: Secret, version_id: str, given: Value) -> bytes:
        """The value sealed for the secret, under its key. Raises as `sealing.seal`."""
        key = ("sealed", secret.arn, version_id, secret.kms_key)
        return self._once(key, lambda: sealing.seal(self._caller, secret, version_id, given))

    def _opened(self, secret: Secret, version: SecretVersion) -> Value:
        sealed = lookup.read_sealed(version)
        if sealed is None:
            raise ResourceNotFound
        return sealing.opened(self._caller, secret, version, sealed)

    def _once(self, key: Hashable, make: Callable[[], T]) -> T:
        if key not in self._known:
            try:
                self._known[key] = make()
            except ServiceError as error:
                self._known[key] = error
        found = self._known[key]
        if isinstance(found, ServiceError):
            raise found
        return found  # type: ignore[return-value]


def given(string: str | None, binary: bytes | None) -> Value | None:
    """A request's value; None if it brings none. Raises InvalidParameter or ValidationFailed."""
    if string is not None and binary is not None:
        raise InvalidParameter(
            "You can't specify both a binary secret value and a string secret value in the "
            "same secret."
        )
    if string is not None:
        return _fitting(Value(Kind.STRING, string.encode()), "secretString")
    return None if binary is None else _fitting(Value(Kind.BINARY, binary), "secretBinary")


def required(string: str | None, binary: bytes | None) -> Value:
    """The same. Raises InvalidRequest if there is none."""
    found = given(string, binary)
    if found is None:
        raise InvalidRequest("You must provide either SecretString or SecretBinary.")
    return found


def are_equal(one: Value, other: Value) -> bool:
    return one.kind == other.kind and hmac.compare_digest(one.content, other.content)


def _fitting(found: Value, member: str) -> Value:
    if len(found.content) > MOST_BYTES:
        raise ValidationFailed(
            f"1 validation error detected: Value at '{member}' failed to satisfy constraint: "
            f"Member must have length less than or equal to {MOST_BYTES}"
        )
    return found
