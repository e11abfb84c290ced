"""Rotation, imported material and multi-Region keys through boto3, against a running server."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from tests.keys.importing import NEVER, SECRET, wrapped

THERE = "eu-west-1"
THREADS, ROUNDS, CLIENTS = 50, 12, 10
OTHER = bytes(range(32, 64))


@pytest.fixture
def kms(server):
    return server.client("kms")


@pytest.fixture
def there(server):
    return server.client("kms", region_name=THERE)


@pytest.fixture
def key(kms):
    return kms.create_key()["KeyMetadata"]["KeyId"]


@pytest.fixture
def empty(kms):
    return kms.create_key(Origin="EXTERNAL", MultiRegion=True)["KeyMetadata"]["KeyId"]


def bring(kms, key, secret=SECRET, **params):
    got = kms.get_parameters_for_import(
        KeyId=key, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048"
    )
    assert abs(got["ParametersValidTo"] - datetime.now(UTC) - timedelta(days=1)) < timedelta(
        minutes=1
    )
    return kms.import_key_material(
        KeyId=key,
        ImportToken=got["ImportToken"],
        EncryptedKeyMaterial=wrapped(got["PublicKey"], "RSAES_OAEP_SHA_256", secret),
        **(params or NEVER),
    )["KeyMaterialId"]


def code_of(call, **given):
    with pytest.raises(ClientError) as raised:
        call(**given)
    return raised.value.response["Error"]["Code"]


def test_rotation_is_turned_on_told_and_turned_off(kms, key):
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=120)

    status = kms.get_key_rotation_status(KeyId=key)
    assert (status["KeyRotationEnabled"], status["RotationPeriodInDays"]) == (True, 120)
    assert status["NextRotationDate"] > datetime.now(UTC) + timedelta(days=119)
    assert "OnDemandRotationStartDate" not in status

    kms.disable_key_rotation(KeyId=key)
    status = kms.get_key_rotation_status(KeyId=key)
    assert status["KeyRotationEnabled"] is False
    assert not {"RotationPeriodInDays", "NextRotationDate"} & set(status)


def test_a_key_rotates_on_demand_and_its_rotations_are_paged(kms, key):
    blobs = [kms.encrypt(KeyId=key, Plaintext=b"0")["CiphertextBlob"]]
    for number in b"123":
        kms.rotate_key_on_demand(KeyId=key)
        blobs.append(kms.encrypt(KeyId=key, Plaintext=bytes([number]))["CiphertextBlob"])

    pages = kms.get_paginator("list_key_rotations").paginate(
        KeyId=key, IncludeKeyMaterial="ALL_KEY_MATERIAL", PaginationConfig={"PageSize": 2}
    )
    listed = [entry for page in pages for entry in page["Rotations"]]
    answers = [kms.decrypt(CiphertextBlob=blob) for blob in blobs]
    assert b"".join(answer["Plaintext"] for answer in answers) == b"0123"
    assert [answer["KeyMaterialId"] for answer in answers] == [
        entry["KeyMaterialId"] for entry in listed
    ]
    assert set(listed[0]) == {"KeyId", "KeyMaterialId", "KeyMaterialState"}
    assert set(listed[1]) == {*listed[0], "RotationDate", "RotationType"}


def test_material_is_imported_rotated_deleted_and_imported_again(kms, empty):
    first = bring(kms, empty)
    blob = kms.encrypt(KeyId=empty, Plaintext=b"x")["CiphertextBlob"]
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    second = bring(
        kms, empty, OTHER, ImportType="NEW_KEY_MATERIAL", ValidTo=until, KeyMaterialDescription="b"
    )
    kms.rotate_key_on_demand(KeyId=empty)

    found = kms.describe_key(KeyId=empty)["KeyMetadata"]
    assert found["CurrentKeyMaterialId"] == second
    assert (found["ExpirationModel"], found["ValidTo"]) == ("KEY_MATERIAL_EXPIRES", until)
    deleted = kms.delete_imported_key_material(KeyId=empty, KeyMaterialId=first)
    assert (deleted["KeyId"], deleted["KeyMaterialId"]) == (found["Arn"], first)
    assert code_of(kms.decrypt, CiphertextBlob=blob) == "KMSInvalidStateException"
    found = kms.describe_key(KeyId=empty)["KeyMetadata"]
    assert found["KeyState"] == "PendingImport"
    assert not {"ExpirationModel", "ValidTo"} & set(found)

    assert bring(kms, empty) == first
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    entries = kms.list_key_rotations(KeyId=empty, IncludeKeyMaterial="ALL_KEY_MATERIAL")
    last = entries["Rotations"][-1]
    assert (last["KeyMaterialDescription"], last["ValidTo"]) == ("b", until)
    assert (last["ImportState"], last["KeyMaterialState"]) == ("IMPORTED", "CURRENT")


def test_a_replica_is_as_terraform_waits_for_it(kms, there):
    primary = kms.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    tags = [{"TagKey": "App", "TagValue": "x"}]

    made = kms.replicate_key(KeyId=primary, ReplicaRegion=THERE, Description="d", Tags=tags)

    assert made["ReplicaKeyMetadata"]["KeyState"] == "Creating"
    assert there.describe_key(KeyId=primary)["KeyMetadata"]["KeyState"] == "Enabled"
    assert there.describe_key(KeyId=primary)["KeyMetadata"]["Description"] == "d"
    assert there.list_resource_tags(KeyId=primary)["Tags"] == made["ReplicaTags"] == tags
    assert there.get_key_policy(KeyId=primary)["Policy"] == made["ReplicaPolicy"]
    assert code_of(kms.replicate_key, KeyId=primary, ReplicaRegion=THERE) == (
        "AlreadyExistsException"
    )
    blob = kms.encrypt(KeyId=primary, Plaintext=b"x")["CiphertextBlob"]
    assert there.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"

    kms.update_primary_region(KeyId=primary, PrimaryRegion=THERE)
    configuration = kms.describe_key(KeyId=primary)["KeyMetadata"]["MultiRegionConfiguration"]
    assert configuration["MultiRegionKeyType"] == "REPLICA"
    answer = there.schedule_key_deletion(KeyId=primary, PendingWindowInDays=7)
    assert answer["KeyState"] == "PendingReplicaDeletion"
    assert "DeletionDate" not in answer


def test_a_replica_of_an_imported_key_waits_for_its_material(kms, there, empty):
    bring(kms, empty)
    kms.replicate_key(KeyId=empty, ReplicaRegion=THERE)
    assert there.describe_key(KeyId=empty)["KeyMetadata"]["KeyState"] == "PendingImport"

    bring(there, empty)

    blob = there.encrypt(KeyId=empty, Plaintext=b"x")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


class Load:
    """Threads that encrypt and decrypt with a key, and all that they were answered."""

    def __init__(self, server, key):
        self.key = key
        self.clients = [server.client("kms") for _ in range(CLIENTS)]
        self.together = threading.Barrier(THREADS + 1)
        self.numbers = itertools.count()
        self.blobs = []
        self.disabled = 0
        self.wrong = []

    def work(self, number):
        kms = self.clients[number % CLIENTS]
        self.together.wait()
        for _ in range(ROUNDS):
            plaintext = str(next(self.numbers)).encode()
            try:
                self.round(kms, plaintext)
            except kms.exceptions.DisabledException:
                self.disabled += 1
            except ClientError as error:
                self.wrong.append(error)

    def round(self, kms, plaintext):
        blob = kms.encrypt(KeyId=self.key, Plaintext=plaintext)["CiphertextBlob"]
        self.blobs.append((blob, plaintext))
        old, expected = self.blobs[len(self.blobs) // 2]
        for ciphertext, wanted in ((blob, plaintext), (old, expected)):
            found = kms.decrypt(CiphertextBlob=ciphertext)["Plaintext"]
            if found != wanted:
                self.wrong.append((found, wanted))


def test_fifty_threads_get_no_wrong_answer_while_the_key_rotates_and_is_disabled(server, kms, key):
    load = Load(server, key)
    with ThreadPoolExecutor(THREADS) as pool:
        done = [pool.submit(load.work, number) for number in range(THREADS)]
        load.together.wait()
        turns = 0
        while not all(each.done() for each in done):
            if turns < 25:
                kms.rotate_key_on_demand(KeyId=key)
            kms.disable_key(KeyId=key)
            assert code_of(kms.encrypt, KeyId=key, Plaintext=b"x") == "DisabledException"
            kms.enable_key(KeyId=key)
            turns += 1

    assert not [error for each in done if (error := each.exception())]
    assert load.wrong == []
    assert turns > 1
    assert load.disabled > 0, "the key was never disabled while it was used"
    assert len(load.blobs) > THREADS
    materials = set()
    for blob, plaintext in load.blobs:
        answer = kms.decrypt(CiphertextBlob=blob)
        assert answer["Plaintext"] == plaintext
        materials.add(answer["KeyMaterialId"])
    assert len(materials) > 1, "the key was never rotated while it was used"
