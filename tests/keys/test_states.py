"""Key states: every operation in every state, as AWS's table has it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from keys import states
from keys.models import ConnectionState, Key, KeyState, KeyStore, KeyStoreType
from kms_project.operations import OPERATIONS
from tests.keys import documented_states, importing
from tests.keys.kinds import KINDS, asked
from tests.keys.using import Kms, arn, key_policy, refused
from tests.support import people

pytestmark = pytest.mark.django_db

OF_STORES = {name.removeprefix("kms:") for name in OPERATIONS if "CustomKeyStore" in name}
ALONE = {"CreateKey", "ListKeys", "ListRetirableGrants", "GenerateRandom"}
WITHOUT_A_KEY = ALONE | OF_STORES


REPLICA = "eu-west-1"
GRANT = {"GranteePrincipal": f"arn:aws:iam::{people.ACCOUNT}:root", "Operations": ["Decrypt"]}
# What operations are asked beside the key.
BESIDE: dict[str, dict[str, Any]] = {
    "CreateGrant": GRANT,
    "Encrypt": {"Plaintext": b"x"},
    "GenerateDataKey": {"KeySpec": "AES_256"},
    "GenerateDataKeyPair": {"KeyPairSpec": "ECC_NIST_P256"},
    "GenerateDataKeyPairWithoutPlaintext": {"KeyPairSpec": "ECC_NIST_P256"},
    "GenerateDataKeyWithoutPlaintext": {"KeySpec": "AES_256"},
    "GetParametersForImport": importing.DIRECT,
    "PutKeyPolicy": {"Policy": key_policy()},
    "ReplicateKey": {"ReplicaRegion": "us-west-2"},
    "TagResource": {"Tags": [{"TagKey": "a", "TagValue": "1"}]},
    "UntagResource": {"TagKeys": ["a"]},
    "UpdateKeyDescription": {"Description": "new"},
    "UpdatePrimaryRegion": {"PrimaryRegion": REPLICA},
}


def _blob(kms: Kms, key: str) -> bytes:
    made: bytes = kms("Encrypt", KeyId=key, Plaintext=b"x").ciphertext_blob
    return made


def _alias(kms: Kms, name: str, key: str) -> dict[str, Any]:
    kms("CreateAlias", AliasName=name, TargetKeyId=key)
    return {"AliasName": name}


def _grant(kms: Kms, key: str) -> dict[str, Any]:
    return {"KeyId": key, "GrantId": kms("CreateGrant", KeyId=key, **GRANT).grant_id}


def _parcel(kms: Kms, key: str) -> dict[str, Any]:
    if kms("DescribeKey", KeyId=key).key_metadata.origin == "EXTERNAL":
        return importing.parcel(kms, key)
    return {"KeyId": key, "ImportToken": b"x", "EncryptedKeyMaterial": b"x", **importing.NEVER}


# Others need something that is made before, while the key is still enabled.
MADE_BEFORE: dict[str, Callable[[Kms, str], dict[str, Any]]] = {
    "CreateAlias": lambda kms, key: {"AliasName": "alias/new", "TargetKeyId": key},
    "Decrypt": lambda kms, key: {"CiphertextBlob": _blob(kms, key)},
    "DeleteAlias": lambda kms, key: _alias(kms, "alias/own", key),
    "ImportKeyMaterial": _parcel,
    "ReEncrypt": lambda kms, key: {"CiphertextBlob": _blob(kms, key), "DestinationKeyId": key},
    "RetireGrant": _grant,
    "RevokeGrant": _grant,
    "UpdateAlias": lambda kms, key: {
        **_alias(kms, "alias/others", kms.create().key_id),
        "TargetKeyId": key,
    },
}


def _params(kms: Kms, key: str, operation: str) -> dict[str, Any]:
    if operation in MADE_BEFORE:
        return MADE_BEFORE[operation](kms, key)
    return {"KeyId": key, **BESIDE.get(operation, {})}


OF_IMPORTED = {"DeleteImportedKeyMaterial", "GetParametersForImport", "ImportKeyMaterial"}
OF_MULTI_REGION = {"ReplicateKey", "UpdatePrimaryRegion"}


def _key_for(kms: Kms, operation: str, state: str) -> str:
    """An enabled key of a kind that the operation is for, and that can get into the state."""
    if state == "Unavailable":
        return str(kms.create().key_id)
    if operation in OF_IMPORTED or state == "PendingImport":
        return importing.imported(kms, MultiRegion=state == "PendingReplicaDeletion")
    is_primary = operation in OF_MULTI_REGION or state == "PendingReplicaDeletion"
    return str(kms.create(MultiRegion=is_primary).key_id)


def _asked(kms: Kms, operation: str, state: str) -> tuple[str, dict[str, Any]]:
    """A key that the operation is for, and what the operation is asked with it."""
    if operation in KINDS:
        is_primary = state == "PendingReplicaDeletion"
        key = str(kms.create(**KINDS[operation], MultiRegion=is_primary).key_id)
        return key, asked(kms, key, operation)
    key = _key_for(kms, operation, state)
    return key, _params(kms, key, operation)


def _replicate(kms: Kms, key: str) -> None:
    if key.startswith("mrk-"):
        kms("ReplicateKey", KeyId=key, ReplicaRegion=REPLICA)


def _lose_material(kms: Kms, key: str) -> None:
    if kms("DescribeKey", KeyId=key).key_metadata.origin == "EXTERNAL":
        kms("DeleteImportedKeyMaterial", KeyId=key)
    else:  # as if it had been imported
        Key.objects.filter(key_id=key).update(state=KeyState.PENDING_IMPORT)


def _put_out_of_reach(kms: Kms, key: str) -> None:
    """As if the key had been made in a key store that was disconnected since."""
    store = KeyStore.objects.create(
        account=people.ACCOUNT,
        region=people.REGION,
        store_id="cks-0123456789abcdef0",
        name="away",
        type=KeyStoreType.AWS_CLOUDHSM,
        state=ConnectionState.DISCONNECTED,
        created=datetime.now(UTC),
        cluster_id="cluster-234567abcde",
        sealed_secret=b"",
    )
    Key.objects.filter(key_id=key).update(store=store, origin="AWS_CLOUDHSM")


BRING_ABOUT: dict[str, Callable[[Kms, str], Any]] = {
    "Enabled": lambda kms, key: None,
    "Disabled": lambda kms, key: kms("DisableKey", KeyId=key),
    "PendingDeletion": lambda kms, key: kms("ScheduleKeyDeletion", KeyId=key),
    "PendingImport": _lose_material,
    "PendingReplicaDeletion": lambda kms, key: kms("ScheduleKeyDeletion", KeyId=key),
    "Unavailable": _put_out_of_reach,
}


def test_every_operation_on_a_key_has_its_line_in_the_table():
    of_kms = {name.removeprefix("kms:") for name in OPERATIONS if name.startswith("kms:")}

    assert set(states.ALLOWED) == of_kms - WITHOUT_A_KEY
    assert sorted(states.ALLOWED) == documented_states.OPERATIONS
    assert set(BRING_ABOUT) == set(documented_states.STATES)


@pytest.mark.parametrize(("operation", "state"), documented_states.ANSWERS)
def test_an_operation_in_a_state(kms, operation, state):
    key, params = _asked(kms, operation, state)
    if state != "PendingDeletion":
        _replicate(kms, key)
    BRING_ABOUT[state](kms, key)
    assert kms.state(key) == state

    answer = documented_states.ANSWERS[operation, state]
    if answer == "ok":
        kms(operation, **params)
        return
    code, message = documented_states.SAYS[answer]
    with refused(code, message and message.format(arn(key))):
        kms(operation, **params)


def test_a_disabled_key_can_be_used_again_once_it_is_enabled(kms, key):
    kms("DisableKey", KeyId=key)
    assert kms("DescribeKey", KeyId=key).key_metadata.enabled is False
    kms("EnableKey", KeyId=key)

    assert kms("Encrypt", KeyId=key, Plaintext=b"x").key_id == arn(key)


def test_a_deletion_is_scheduled_and_taken_back(kms, key):
    before = datetime.now(UTC)
    answer = kms("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)

    assert answer.key_id == arn(key)
    assert answer.key_state == "PendingDeletion"
    assert answer.pending_window_in_days == 7
    assert timedelta(0) <= answer.deletion_date - before - timedelta(days=7) < timedelta(minutes=1)
    described = kms("DescribeKey", KeyId=key).key_metadata
    assert (described.key_state, described.enabled) == ("PendingDeletion", False)
    assert described.deletion_date == answer.deletion_date

    assert kms("CancelKeyDeletion", KeyId=key).key_id == arn(key)
    described = kms("DescribeKey", KeyId=key).key_metadata
    assert (described.key_state, described.deletion_date) == ("Disabled", None)


def test_a_deletion_waits_for_thirty_days_unless_asked_otherwise(kms, key):
    assert kms("ScheduleKeyDeletion", KeyId=key).pending_window_in_days == 30


@pytest.mark.parametrize("days", [6, 31])
def test_a_deletion_waits_for_7_to_30_days(kms, key, days):
    with refused("ValidationException"):
        kms("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=days)

    assert kms.state(key) == "Enabled"


@pytest.mark.parametrize("operation", documented_states.OPERATIONS)
def test_a_key_whose_deletion_is_due_is_gone_though_no_worker_came(kms, operation):
    key, params = _asked(kms, operation, "PendingDeletion")
    due = kms("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7).deletion_date
    code = "AccessDeniedException" if "CiphertextBlob" in params else "NotFoundException"

    with refused(code):
        kms.at(time=due)(operation, **params)


def test_the_description_changes(kms, key):
    kms("UpdateKeyDescription", KeyId=key, Description="")
    assert kms("DescribeKey", KeyId=key).key_metadata.description == ""
    kms("UpdateKeyDescription", KeyId=key, Description="new")
    assert kms("DescribeKey", KeyId=key).key_metadata.description == "new"


def test_a_key_that_a_worker_deletes_meanwhile_is_gone(kms, key, monkeypatch):
    step = OPERATIONS["kms:EnableKey"]
    run = step.run

    def late(self, call, given):
        Key.objects.filter(key_id=key).delete()
        return run(self, call, given)

    monkeypatch.setattr(step, "run", late)
    with refused("NotFoundException", f"Key '{arn(key)}' does not exist"):
        kms("EnableKey", KeyId=key)
