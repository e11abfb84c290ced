"""A key that is remembered is used without the database, and never after it was changed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keys import lookup
from kms_project.operations import OPERATIONS
from service.call import call
from tests.keys.using import Kms, refused
from tests.support import people

pytestmark = pytest.mark.django_db(transaction=True)

OURS = ("keys_", "sealing_", "iam_user", "iam_group", "iam_inline", "iam_policy")


def _uses(kms: Kms, key: str) -> dict[str, dict[str, Any]]:
    blob = kms("Encrypt", KeyId=key, Plaintext=b"x").ciphertext_blob
    return {
        "Encrypt": {"KeyId": "alias/a", "Plaintext": b"x"},
        "Decrypt": {"CiphertextBlob": blob},
        "ReEncrypt": {"CiphertextBlob": blob, "DestinationKeyId": "alias/a"},
        "GenerateDataKey": {"KeyId": key, "KeySpec": "AES_256"},
        "GenerateDataKeyWithoutPlaintext": {"KeyId": key, "KeySpec": "AES_256"},
        "DescribeKey": {"KeyId": "alias/a"},
        "GetKeyPolicy": {"KeyId": key},
    }


@pytest.mark.parametrize(
    "operation",
    [
        "Encrypt",
        "Decrypt",
        "ReEncrypt",
        "GenerateDataKey",
        "GenerateDataKeyWithoutPlaintext",
        "DescribeKey",
        "GetKeyPolicy",
    ],
)
def test_a_remembered_key_costs_no_query(kms, key, operation):
    kms("CreateAlias", AliasName="alias/a", TargetKeyId=key)
    params = _uses(kms, key)[operation]
    kms(operation, **params)
    caller = kms.caller()

    with CaptureQueriesContext(connection) as queries:
        call(caller, OPERATIONS[f"kms:{operation}"], params)

    asked = [query["sql"] for query in queries]
    assert not [sql for sql in asked if any(table in sql for table in OURS)]


CHANGES: dict[str, tuple[Callable[[Kms, str], Any], str]] = {
    "disabled": (lambda kms, key: kms("DisableKey", KeyId=key), "DisabledException"),
    "to be deleted": (
        lambda kms, key: kms("ScheduleKeyDeletion", KeyId=key),
        "KMSInvalidStateException",
    ),
    "unnamed": (lambda kms, key: kms("DeleteAlias", AliasName="alias/a"), "NotFoundException"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_counts_at_once(kms, key, change):
    make, code = CHANGES[change]
    kms("CreateAlias", AliasName="alias/a", TargetKeyId=key)
    kms("Encrypt", KeyId="alias/a", Plaintext=b"x")

    make(kms, key)

    with refused(code):
        kms("Encrypt", KeyId="alias/a", Plaintext=b"x")


def test_a_key_that_is_not_remembered_costs_one_query(kms, key):
    kms("TagResource", KeyId=key, Tags=[{"TagKey": "a", "TagValue": "b"}])

    with CaptureQueriesContext(connection) as queries:
        found = lookup.load(people.REGION, key)
        assert found.resource.policy == found.row.policy
    assert len(queries) == 1

    with CaptureQueriesContext(connection) as queries:
        assert found.resource.tags == {"a": "b"}
        assert found.resource.conditions["kms:KeySpec"] == "SYMMETRIC_DEFAULT"
        assert found.resource.tags["a"] == "b"
    assert len(queries) == 2
