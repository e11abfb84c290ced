"""What may be done to a key in which state, as AWS's "Key states of KMS keys" says.

https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html. Where the page leaves
open which error it is for cryptography with a key pending deletion, AWS answers
KMSInvalidStateException.

A row says Enabled, Disabled, PendingImport, PendingDeletion or PendingReplicaDeletion. That
a key is Unavailable follows from its store, that its material has expired from the time;
nothing here is ever seen Creating or Updating, for a change is one transaction.
"""

from collections.abc import Mapping
from datetime import datetime

from keys.errors import Disabled, InvalidState
from keys.models import ConnectionState, Key, KeyState
from service.errors import ServiceError

_ALL = frozenset(KeyState)
_ENABLED = frozenset({KeyState.ENABLED})
PENDING = frozenset({KeyState.PENDING_DELETION, KeyState.PENDING_REPLICA_DELETION})
_NOT_PENDING = _ALL - PENDING
# only keys of custom key stores are ever Unavailable: they are told that they never rotate
_ROTATES = frozenset({KeyState.ENABLED, KeyState.UNAVAILABLE})
_WITH_MATERIAL = frozenset({KeyState.ENABLED, KeyState.DISABLED, KeyState.UNAVAILABLE})

ALLOWED: Mapping[str, frozenset[KeyState]] = {
    "CancelKeyDeletion": PENDING,
    "CreateAlias": _NOT_PENDING,
    "CreateGrant": frozenset({KeyState.ENABLED, KeyState.UNAVAILABLE}),
    "Decapsulate": _ENABLED,
    "Decrypt": _ENABLED,
    "DeleteAlias": _ALL,
    "DeleteImportedKeyMaterial": _ALL,
    "DeriveSharedSecret": _ENABLED,
    "DescribeKey": _ALL,
    "DisableKey": _WITH_MATERIAL,
    "DisableKeyRotation": _ROTATES,
    "EnableKey": _WITH_MATERIAL,
    "EnableKeyRotation": _ROTATES,
    "Encapsulate": _ENABLED,
    "Encrypt": _ENABLED,
    "GenerateDataKey": _ENABLED,
    "GenerateDataKeyPair": _ENABLED,
    "GenerateDataKeyPairWithoutPlaintext": _ENABLED,
    "GenerateDataKeyWithoutPlaintext": _ENABLED,
    "GenerateMac": _ENABLED,
    "GetKeyLastUsage": _ALL,
    "GetKeyPolicy": _ALL,
    "GetKeyRotationStatus": _ALL - {KeyState.PENDING_IMPORT},
    "GetParametersForImport": _NOT_PENDING,
    "GetPublicKey": _ENABLED,
    "ImportKeyMaterial": _NOT_PENDING,
    "ListAliases": _ALL,
    "ListGrants": _ALL,
    "ListKeyPolicies": _ALL,
    "ListKeyRotations": _ALL,
    "ListResourceTags": _ALL,
    "PutKeyPolicy": _ALL,
    "ReEncrypt": _ENABLED,
    "ReplicateKey": _ENABLED,
    "RetireGrant": _ALL,
    "RevokeGrant": _ALL,
    "RotateKeyOnDemand": _ROTATES,
    "ScheduleKeyDeletion": _NOT_PENDING,
    "Sign": _ENABLED,
    "TagResource": _NOT_PENDING,
    "UntagResource": _NOT_PENDING,
    "UpdateAlias": _NOT_PENDING,  # of the key it is to stand for; the one before may be in any
    "UpdateKeyDescription": _NOT_PENDING,
    "UpdatePrimaryRegion": _ENABLED,
    "Verify": _ENABLED,
    "VerifyMac": _ENABLED,
}

_IS = {
    KeyState.CREATING: "is creating",
    KeyState.DISABLED: "is disabled",
    KeyState.ENABLED: "is enabled",
    KeyState.PENDING_DELETION: "is pending deletion",
    KeyState.PENDING_IMPORT: "is pending import",
    KeyState.PENDING_REPLICA_DELETION: "is pending replica deletion",
    KeyState.UNAVAILABLE: "is unavailable",
    KeyState.UPDATING: "is updating",
}


_BY_VALUE = {state.value: state for state in KeyState}  # KeyState() takes ten times as long


def state_of(key: Key, time: datetime) -> KeyState:
    """The key's state at `time`. Reads `key.store`, if it has one."""
    state = _BY_VALUE[key.state]
    if state in PENDING:
        return state
    if key.store_id is not None and key.store is not None:
        return state if key.store.state == ConnectionState.CONNECTED else KeyState.UNAVAILABLE
    if key.valid_to is not None and key.valid_to <= time:
        return KeyState.PENDING_IMPORT
    return state


def require(operation: str, key: Key, time: datetime) -> None:
    """Raise Disabled or InvalidState unless the key may be put to the operation at `time`.

    `operation` is named as in the index, "kms:Encrypt".
    """
    state = state_of(key, time)
    allowed = ALLOWED[operation.removeprefix("kms:")]
    if state not in allowed:
        raise _refusal(key.arn, state, allowed)


def refusal(operation: str, arn: str, state: KeyState) -> ServiceError | None:
    """The error of the operation on a key in the state; None if it may be."""
    allowed = ALLOWED[operation.removeprefix("kms:")]
    return None if state in allowed else _refusal(arn, state, allowed)


def _refusal(arn: str, state: KeyState, allowed: frozenset[KeyState]) -> ServiceError:
    if allowed == PENDING:
        return InvalidState(f"{arn} is not pending deletion.")
    if state is KeyState.DISABLED:
        return Disabled(f"{arn} is disabled.")
    return InvalidState(f"{arn} {_IS[state]}.")
