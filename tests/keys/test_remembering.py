"""A key that is remembered is used without the database, and never after it was changed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from iam import revision
from keys import lookup, material
from keys.models import Material
from kms_project.operations import OPERATIONS
from service.call import call
from tests.keys.kinds import KINDS, asked
from tests.keys.using import Kms, arn, refused
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

    made = [query["sql"] for query in queries]
    assert not [sql for sql in made if any(table in sql for table in OURS)]


@pytest.mark.parametrize("operation", KINDS)
def test_a_remembered_key_of_another_kind_costs_no_query(kms, operation):
    key = kms.create(**KINDS[operation]).key_id
    params = asked(kms, key, operation)
    kms(operation, **params)
    caller = kms.caller()

    with CaptureQueriesContext(connection) as queries:
        call(caller, OPERATIONS[f"kms:{operation}"], params)

    made = [query["sql"] for query in queries]
    assert not [sql for sql in made if any(table in sql for table in OURS)]


@pytest.mark.parametrize("operation", ["Encrypt", "Decrypt"])
def test_a_remembered_rsa_key_costs_no_query(kms, operation):
    key = kms.create(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT").key_id
    named = {"KeyId": key, "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}
    blob = kms("Encrypt", **named, Plaintext=b"x").ciphertext_blob
    params = {
        "Encrypt": {**named, "Plaintext": b"x"},
        "Decrypt": {**named, "CiphertextBlob": blob},
    }[operation]
    kms(operation, **params)
    caller = kms.caller()

    with CaptureQueriesContext(connection) as queries:
        call(caller, OPERATIONS[f"kms:{operation}"], params)

    made = [query["sql"] for query in queries]
    assert not [sql for sql in made if any(table in sql for table in OURS)]


@pytest.mark.parametrize("operation", ["GetPublicKey", "Verify", "Encapsulate"])
def test_what_needs_the_public_key_only_does_not_open_the_private_one(kms, operation):
    key = kms.create(**KINDS[operation]).key_id
    params = asked(kms, key, operation)
    kms("UpdateKeyDescription", KeyId=key, Description="so that it is read anew")
    material.software().forget(arn(key))
    Material.objects.update(sealed=b"damaged")
    revision.forget()

    kms(operation, **params)


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
