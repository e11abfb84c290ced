"""What may be done to a key in which state, as AWS's "Key states of KMS keys" says.

https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html. Where the page leaves
open which error it is for cryptography with a key pending deletion, AWS answers
KMSInvalidStateException.
"""

from collections.abc import Mapping

from keys.errors import Disabled, InvalidState
from keys.models import KeyState
from service.errors import ServiceError

_ALL = frozenset(KeyState)
_ENABLED = frozenset({KeyState.ENABLED})
_NOT_PENDING = frozenset({KeyState.ENABLED, KeyState.DISABLED})
_PENDING = frozenset({KeyState.PENDING_DELETION})

ALLOWED: Mapping[str, frozenset[KeyState]] = {
    "CancelKeyDeletion": _PENDING,
    "CreateAlias": _NOT_PENDING,
    "Decrypt": _ENABLED,
    "DeleteAlias": _ALL,
    "DescribeKey": _ALL,
    "DisableKey": _NOT_PENDING,
    "EnableKey": _NOT_PENDING,
    "Encrypt": _ENABLED,
    "GenerateDataKey": _ENABLED,
    "GenerateDataKeyWithoutPlaintext": _ENABLED,
    "GetKeyPolicy": _ALL,
    "ListAliases": _ALL,
    "ListKeyPolicies": _ALL,
    "ListResourceTags": _ALL,
    "PutKeyPolicy": _ALL,
    "ReEncrypt": _ENABLED,
    "ScheduleKeyDeletion": _NOT_PENDING,
    "TagResource": _NOT_PENDING,
    "UntagResource": _NOT_PENDING,
    "UpdateAlias": _NOT_PENDING,  # of the key it is to stand for; the one before may be in any
    "UpdateKeyDescription": _NOT_PENDING,
}


def require(operation: str, arn: str, state: str) -> None:
    """Raise Disabled or InvalidState unless a key in `state` may be put to the operation.

    `operation` is named as in the index, "kms:Encrypt".
    """
    allowed = ALLOWED[operation.removeprefix("kms:")]
    if state not in allowed:
        raise _refusal(arn, KeyState(state), allowed)


def _refusal(arn: str, state: KeyState, allowed: frozenset[KeyState]) -> ServiceError:
    if allowed == _PENDING:
        return InvalidState(f"{arn} is not pending deletion.")
    if state is KeyState.DISABLED:
        return Disabled(f"{arn} is disabled.")
    return InvalidState(f"{arn} is pending deletion.")
