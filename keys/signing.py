"""What Sign and Verify ask of a message."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol, TypeVar

from crypto.provider import DIGEST, EXTERNAL_MU, RAW
from keys.conditions import Conditions
from keys.lookup import LoadedKey
from keys.on_keys import OfKey
from keys.specs import SIGN_VERIFY
from keys.uses import KeyUse
from service.errors import ValidationFailed
from service.operation import Call


class OfMessage(OfKey, Protocol):
    """What both are given."""

    @property
    def message(self) -> bytes: ...
    @property
    def message_type(self) -> str: ...
    @property
    def signing_algorithm(self) -> str: ...


I = TypeVar("I", bound=OfMessage)  # noqa: E741 - as in service.operation
O = TypeVar("O")  # noqa: E741

# By algorithm, the MessageTypes it takes, each with the length a message of it must have;
# 0: any. All others hash a message, or take a digest as long as theirs.
_TAKES: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "ED25519_SHA_512": {RAW: 0},
        "ED25519_PH_SHA_512": {DIGEST: 64},
        "ML_DSA_SHAKE_256": {RAW: 0, EXTERNAL_MU: 64},
    }
)


class MessageUse(KeyUse[I, O]):
    """A use of a key on a message."""

    usage = SIGN_VERIFY
    algorithm = "signing_algorithm"
    condition = "kms:SigningAlgorithm"

    def conditions(self, given: I) -> Conditions:
        return {**super().conditions(given), "kms:MessageType": given.message_type}

    def key(self, call: Call, given: I) -> LoadedKey:
        key = super().key(call, given)
        _require_message(key.row.spec, given)
        return key


def _require_message(spec: str, given: OfMessage) -> None:
    """Raise ValidationFailed unless the algorithm takes messages of the type and length."""
    algorithm = given.signing_algorithm
    takes = _TAKES.get(algorithm) or {RAW: 0, DIGEST: int(algorithm[-3:]) // 8}
    if given.message_type not in takes:
        by = f"algorithm {algorithm}" if algorithm.startswith("ED25519_") else f"key spec {spec}"
        raise ValidationFailed(f"Message type {given.message_type} is incompatible with {by}.")
    length = takes[given.message_type]
    if length and len(given.message) != length:
        raise ValidationFailed(f"Digest is invalid length for algorithm {algorithm}.")
