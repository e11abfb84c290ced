"""A secret that is remembered is read without the database, and never after it was changed."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kms_project.operations import OPERATIONS
from secrets_app import lookup, sealing, versions
from service.call import call
from service.snapshot import Snapshot
from tests.audit.making import in_thread
from tests.keys.using import refused
from tests.secrets_app.using import Secrets, token
from tests.support import people

pytestmark = pytest.mark.django_db(transaction=True)

OURS = ("secrets_app_", "keys_", "sealing_", "iam_user", "iam_group", "iam_inline", "iam_policy")
VERSION = "a" * 32
READS: dict[str, dict[str, Any]] = {
    "GetSecretValue": {"SecretId": "n"},
    "GetSecretValue of a stage": {"SecretId": "n", "VersionStage": "AWSPREVIOUS"},
    "GetSecretValue of a version": {"SecretId": "n", "VersionId": VERSION},
    "BatchGetSecretValue": {"SecretIdList": ["n", "gone"]},
    "GetResourcePolicy": {"SecretId": "n"},
}


@pytest.fixture(autouse=True)
def _secret(sm):
    sm.create("n", "0", ClientRequestToken=VERSION)
    sm.put("n", "1")
    sm.put("n", "2")


def asked(caller, read: str) -> list[str]:
    """The queries, about anything but the trail, that the read makes."""
    with CaptureQueriesContext(connection) as queries:
        call(caller, OPERATIONS[f"secretsmanager:{read.partition(' ')[0]}"], READS[read])
    made = [query["sql"] for query in queries]
    return [sql for sql in made if any(table in sql for table in OURS)]


@pytest.mark.parametrize("read", READS)
def test_a_remembered_secret_costs_no_query(sm, read):
    sm(read.partition(" ")[0], **READS[read])

    assert asked(sm.caller(), read) == []


def test_a_secret_that_is_not_remembered_costs_three(sm):
    sm.create("other")
    sm.read("other")  # the principal and the key are remembered

    assert len(asked(sm.caller(), "GetSecretValue")) == 3


def test_a_change_counts_at_once(sm):
    assert sm.read("n") == "2"
    sm.put("n", "3")
    assert sm.read("n") == "3"
    sm("DeleteSecret", SecretId="n")
    with refused("InvalidRequestException"):
        sm.read("n")
    sm("RestoreSecret", SecretId="n")
    assert sm.read("n") == "3"


def test_a_permission_that_is_taken_away_counts_at_once(sm, kms):
    key = kms.create().key_id
    sm("UpdateSecret", SecretId="n", KmsKeyId=key)
    assert sm.read("n") == "2"

    kms("DisableKey", KeyId=key)

    with refused("DecryptionFailure"):
        sm.read("n")


def test_values_that_are_remembered_are_bounded(sm, monkeypatch):
    monkeypatch.setattr(lookup, "MOST_VALUES", 2)
    caller = sm.caller()
    for number in range(5):
        sm.create(f"n{number}")
    many = sm.at(snapshot=Snapshot(-1))
    for number in range(5):
        many.read(f"n{number}")

    kept = many.fields["snapshot"]._kinds["secret value"]
    assert 0 < len(kept) <= 2
    assert caller.snapshot is not many.fields["snapshot"]


def test_what_is_remembered_is_ciphertext(sm):
    sm.put("n", "top-s3cret")
    memory = Snapshot(-1)
    sm.at(snapshot=memory).read("n")

    assert b"top-s3cret" not in b"".join(memory._kinds["secret value"].values())


def between(monkeypatch, change) -> None:
    """Have `change` happen once, after what an operation prepares and before its transaction."""
    done: list[bool] = []
    real = sealing.seal

    def seal(*given):
        sealed = real(*given)
        if not done:
            done.append(True)
            change()
        return sealed

    monkeypatch.setattr(sealing, "seal", seal)


def test_the_key_changes_while_a_value_is_sealed(sm, kms, monkeypatch):
    key = kms.create().key_id
    between(monkeypatch, lambda: sm("UpdateSecret", SecretId="n", KmsKeyId=key))

    sm.put("n", "3")

    assert sm.read("n") == "3"
    kms("DisableKey", KeyId=key)
    with refused("DecryptionFailure"):
        sm.read("n")


def test_the_same_token_comes_twice_at_once(sm, monkeypatch):
    given = token()
    between(monkeypatch, lambda: sm.put("n", "same", ClientRequestToken=given))

    assert sm.put("n", "same", ClientRequestToken=given) == given
    assert sm.stages("n")[given] == ["AWSCURRENT"]


def test_the_same_token_comes_with_two_values_at_once(sm, monkeypatch):
    given = token()
    between(monkeypatch, lambda: sm.put("n", "theirs", ClientRequestToken=given))

    with refused("ResourceExistsException"):
        sm.put("n", "ours", ClientRequestToken=given)
    assert sm.read("n") == "theirs"


def test_a_name_is_taken_while_a_value_is_sealed(sm, monkeypatch):
    between(monkeypatch, lambda: sm.create("new", "theirs"))

    with refused("ResourceExistsException"):
        sm.create("new", "ours")
    assert sm.read("new") == "theirs"


def test_a_secret_goes_while_a_value_is_sealed(sm, monkeypatch):
    between(monkeypatch, lambda: sm("DeleteSecret", SecretId="n", ForceDeleteWithoutRecovery=True))

    with refused("ResourceNotFoundException"):
        sm.put("n", "x")


def test_a_replica_is_made_while_a_value_is_sealed(sm, monkeypatch):
    given = [{"Region": "eu-west-1"}]
    between(
        monkeypatch,
        lambda: sm("ReplicateSecretToRegions", SecretId="n", AddReplicaRegions=given),
    )

    sm.put("n", "3")

    assert sm.at(region="eu-west-1").read("n") == "3"


def test_many_writers_lose_no_value(sm):
    """Each version is there afterwards, and each label on one of them."""
    made: list[str] = []
    failed: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for turn in range(3):
                made.append(sm.put("n", f"{number}-{turn}", "AWSCURRENT", f"writer{number}"))
        except BaseException as error:
            failed.append(error)
            raise

    threads = [
        threading.Thread(target=in_thread(lambda number=number: write(number)))
        for number in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert len(set(made)) == 12
    for version in made:
        assert sm.read("n", VersionId=version)
    labels = [label for found in sm.stages("n").values() for label in found]
    assert sorted(labels) == ["AWSCURRENT", "AWSPREVIOUS", *(f"writer{n}" for n in range(4))]


def test_nothing_is_half_done_where_a_change_fails(sm, monkeypatch):
    def fails(*_):
        raise RuntimeError

    before = sm.stages("n")
    monkeypatch.setattr(versions, "drop_old", fails)

    with refused("InternalFailure"):
        sm.put("n", "3")
    assert sm.stages("n") == before
    assert sm.read("n") == "2"


def test_other_accounts_secrets_are_remembered_apart(sm):
    other = Secrets(people.user("other", "*", number=people.OTHER_ACCOUNT))
    other.create("n", "theirs")

    assert (sm.read("n"), other.read("n")) == ("2", "theirs")
