"""Grants and the last use of keys, through boto3 against a running server."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

ROLE = "arn:aws:iam::123456789012:role/app"


@pytest.fixture
def kms(server):
    return server.client("kms")


@pytest.fixture
def key_id(kms):
    return kms.create_key()["KeyMetadata"]["KeyId"]


def made(kms, key_id, **given):
    params = {"GranteePrincipal": ROLE, "Operations": ["Decrypt"], **given}
    return kms.create_grant(KeyId=key_id, **params)


def code_of(call, **given):
    with pytest.raises(ClientError) as raised:
        call(**given)
    return raised.value.response["Error"]["Code"]


def test_a_grants_life(kms, key_id):
    grant = made(
        kms,
        key_id,
        Name="life",
        RetiringPrincipal=ROLE,
        Constraints={"EncryptionContextSubset": {"App": "x"}},
    )

    (entry,) = kms.list_grants(KeyId=key_id)["Grants"]
    assert entry.pop("KeyId").endswith(f":key/{key_id}")
    assert abs(entry.pop("CreationDate") - datetime.now(UTC)) < timedelta(minutes=1)
    assert entry == {
        "GrantId": grant["GrantId"],
        "Name": "life",
        "GranteePrincipal": ROLE,
        "RetiringPrincipal": ROLE,
        "IssuingAccount": "arn:aws:iam::123456789012:root",
        "Operations": ["Decrypt"],
        "Constraints": {"EncryptionContextSubset": {"App": "x"}},
    }
    retirable = kms.get_paginator("list_retirable_grants").paginate(RetiringPrincipal=ROLE)
    assert grant["GrantId"] in [each["GrantId"] for page in retirable for each in page["Grants"]]

    kms.revoke_grant(KeyId=key_id, GrantId=grant["GrantId"])
    assert kms.list_grants(KeyId=key_id)["Grants"] == []


def test_grants_are_retired_by_token_and_by_id(kms, key_id):
    one, other = made(kms, key_id), made(kms, key_id)

    kms.retire_grant(GrantToken=one["GrantToken"])
    kms.retire_grant(KeyId=key_id, GrantId=other["GrantId"])

    assert kms.list_grants(KeyId=key_id)["Grants"] == []
    code = code_of(kms.retire_grant, GrantToken=one["GrantToken"])
    assert code == "InvalidGrantTokenException"
    assert code_of(kms.revoke_grant, KeyId=key_id, GrantId="aabbccdd") == "NotFoundException"


def test_every_page_of_grants_is_walked_once(kms, key_id):
    grants = {made(kms, key_id)["GrantId"] for _ in range(5)}

    pages = kms.get_paginator("list_grants").paginate(
        KeyId=key_id, PaginationConfig={"PageSize": 2}
    )
    seen = [each["GrantId"] for page in pages for each in page["Grants"]]

    assert (set(seen), len(seen)) == (grants, 5)


def test_tokens_are_looked_at(kms, key_id):
    token = made(kms, key_id)["GrantToken"]

    kms.encrypt(KeyId=key_id, Plaintext=b"x", GrantTokens=[token])
    code = code_of(kms.encrypt, KeyId=key_id, Plaintext=b"x", GrantTokens=["bogus"])
    assert code == "InvalidGrantTokenException"


def test_dry_runs(kms, key_id):
    grant = made(kms, key_id)["GrantId"]
    params = {"KeyId": key_id, "DryRun": True}

    for call, given in (
        (kms.create_grant, {"GranteePrincipal": ROLE, "Operations": ["Decrypt"]}),
        (kms.retire_grant, {"GrantId": grant}),
        (kms.revoke_grant, {"GrantId": grant}),
    ):
        assert code_of(call, **params, **given) == "DryRunOperationException"
    assert len(kms.list_grants(KeyId=key_id)["Grants"]) == 1


def test_of_many_who_make_one_grant_by_name_all_get_the_same(server, key_id):
    clients = [server.client("kms") for _ in range(8)]
    together = threading.Barrier(8)

    def make(client):
        together.wait()
        return made(client, key_id, Name="contended")["GrantId"]

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(make, clients))) == 1
    assert len(clients[0].list_grants(KeyId=key_id)["Grants"]) == 1


def test_the_last_use_of_a_key_is_told_by_every_process(server, kms, key_id):
    assert kms.get_key_last_usage(KeyId=key_id)["KeyLastUsage"] == {}
    kms.encrypt(KeyId=key_id, Plaintext=b"x")

    deadline = time.monotonic() + 5
    told = [{}]
    while not all(told) and time.monotonic() < deadline:
        time.sleep(0.1)
        clients = [server.client("kms") for _ in range(8)]
        told = [each.get_key_last_usage(KeyId=key_id)["KeyLastUsage"] for each in clients]

    assert {each["Operation"] for each in told} == {"Encrypt"}
    (event_id,) = {each["CloudTrailEventId"] for each in told}
    trail = server.client("cloudtrail")
    while time.monotonic() < deadline + 20:
        found = trail.lookup_events(
            LookupAttributes=[{"AttributeKey": "EventId", "AttributeValue": event_id}]
        )["Events"]
        if found:
            break
        time.sleep(0.5)
    assert [each["EventName"] for each in found] == ["Encrypt"]
