"""boto3 against a running server: what the SDK's own parsers make of the answers."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def kms(server):
    return server.client("kms")


@pytest.fixture
def key_id(kms):
    return kms.create_key()["KeyMetadata"]["KeyId"]


def code_of(call, **given):
    with pytest.raises(ClientError) as raised:
        call(**given)
    return raised.value.response["Error"]["Code"]


def test_a_keys_life_from_first_to_last(kms, key_id):
    made = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    assert (made["KeyState"], made["KeyManager"], made["Origin"]) == (
        "Enabled",
        "CUSTOMER",
        "AWS_KMS",
    )
    assert abs(made["CreationDate"] - datetime.now(UTC)) < timedelta(minutes=1)
    blob = kms.encrypt(KeyId=key_id, Plaintext=b"x")["CiphertextBlob"]

    kms.disable_key(KeyId=key_id)
    assert code_of(kms.encrypt, KeyId=key_id, Plaintext=b"x") == "DisabledException"
    assert code_of(kms.decrypt, CiphertextBlob=blob) == "DisabledException"

    kms.enable_key(KeyId=key_id)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"

    due = kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)
    assert timedelta(days=6) < due["DeletionDate"] - datetime.now(UTC) <= timedelta(days=7)
    assert code_of(kms.decrypt, CiphertextBlob=blob) == "KMSInvalidStateException"

    kms.cancel_key_deletion(KeyId=key_id)
    assert kms.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"] == "Disabled"


def test_every_page_is_walked_once(kms):
    made = {kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(7)}

    pages = kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 3})
    seen = [key["KeyId"] for page in pages for key in page["Keys"]]

    assert made <= set(seen)
    assert len(seen) == len(set(seen))


def test_errors_become_the_sdks_own_exceptions(kms):
    with pytest.raises(kms.exceptions.NotFoundException) as raised:
        kms.describe_key(KeyId="alias/nowhere")

    metadata = raised.value.response["ResponseMetadata"]
    assert metadata["HTTPStatusCode"] == 400
    assert len(metadata["RequestId"]) == 36


def test_an_access_key_that_is_unknown_or_whose_secret_is_wrong_is_refused(server):
    stranger = server.client("kms", aws_access_key_id="AKIAUNKNOWNUNKNOWN00")
    forger = server.client("kms", aws_secret_access_key="not the secret")

    assert code_of(stranger.list_keys) == "UnrecognizedClientException"
    assert code_of(forger.list_keys) == "InvalidSignatureException"


def test_sts_refuses_in_its_own_words(server):
    stranger = server.client("sts", aws_access_key_id="AKIAUNKNOWNUNKNOWN00")
    forger = server.client("sts", aws_secret_access_key="not the secret")

    assert code_of(stranger.get_caller_identity) == "InvalidClientTokenId"
    assert code_of(forger.get_caller_identity) == "SignatureDoesNotMatch"


def test_a_disabled_key_is_refused_by_every_worker_at_once(server, kms, key_id):
    """Each worker process remembers keys; none may go on using one that was disabled."""
    calls = 40
    clients = [server.client("kms") for _ in range(8)]

    def code(number):
        try:
            clients[number % 8].encrypt(KeyId=key_id, Plaintext=b"x")
        except ClientError as error:
            return error.response["Error"]["Code"]
        return "encrypted"

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(code, range(calls))) == {"encrypted"}
        kms.disable_key(KeyId=key_id)
        assert set(pool.map(code, range(calls))) == {"DisabledException"}


def test_of_many_who_make_one_alias_one_succeeds(server, key_id):
    clients = [server.client("kms") for _ in range(8)]
    together = threading.Barrier(8)

    def make(client):
        together.wait()
        try:
            client.create_alias(AliasName="alias/contended", TargetKeyId=key_id)
        except ClientError as error:
            return error.response["Error"]["Code"]
        return "made"

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(make, clients))

    assert outcomes == ["AlreadyExistsException"] * 7 + ["made"]


def test_a_key_policy_with_an_ip_condition_decides(server, kms, key_id):
    policy = json.loads(kms.get_key_policy(KeyId=key_id)["Policy"])
    policy["Statement"].append(
        {
            "Sid": "NotFromHere",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "kms:Encrypt",
            "Resource": "*",
            "Condition": {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}},
        }
    )
    kms.put_key_policy(KeyId=key_id, Policy=json.dumps(policy))

    with pytest.raises(ClientError) as raised:
        kms.encrypt(KeyId=key_id, Plaintext=b"x")

    assert raised.value.response["Error"]["Code"] == "AccessDeniedException"
    assert "explicit deny in a resource-based policy" in str(raised.value)
