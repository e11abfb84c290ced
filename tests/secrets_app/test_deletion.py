"""DeleteSecret and RestoreSecret: a window of 7 to 30 days, or at once."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from secrets_app import duties
from secrets_app.models import Secret, SecretTag, SecretVersion, Stage
from service import wire
from tests.audit.making import bodies
from tests.keys.using import refused

pytestmark = pytest.mark.django_db

MARKED = "You can't perform this operation on the secret because it was marked for deletion."


@pytest.fixture
def arn(sm):
    return sm.create("n", "v", Tags=[{"Key": "a", "Value": "b"}])


def later(days: float):
    return time_machine.travel(datetime.now(UTC) + timedelta(days=days))


@pytest.mark.parametrize(("given", "days"), [({}, 30), ({"RecoveryWindowInDays": 7}, 7)])
def test_a_deletion_has_a_date(sm, arn, given, days):
    before = datetime.now(UTC)

    told = wire.encode(sm("DeleteSecret", SecretId="n", **given))

    assert set(told) == {"ARN", "Name", "DeletionDate"}
    assert timedelta(0) <= told["DeletionDate"] - before - timedelta(days=days) < timedelta(hours=1)
    assert sm.describe(arn)["DeletedDate"] == told["DeletionDate"]


@pytest.mark.parametrize("days", [0, 6, 31])
def test_a_window_has_bounds(sm, arn, days):
    with refused(
        "InvalidParameterException",
        "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
    ):
        sm("DeleteSecret", SecretId=arn, RecoveryWindowInDays=days)
    with refused("InvalidParameterException"):
        sm(
            "DeleteSecret",
            SecretId=arn,
            RecoveryWindowInDays=7,
            ForceDeleteWithoutRecovery=True,
        )


WITH_VALUE = {"SecretString": "x"}
REFUSED = {
    "GetSecretValue": {},
    "PutSecretValue": WITH_VALUE,
    "UpdateSecret": WITH_VALUE,
    "DeleteSecret": {},
    "UpdateSecretVersionStage": {"VersionStage": "a", "MoveToVersionId": "x" * 32},
    "TagResource": {"Tags": [{"Key": "a", "Value": "b"}]},
    "UntagResource": {"TagKeys": ["a"]},
    "GetResourcePolicy": {},
    "PutResourcePolicy": {"ResourcePolicy": "{}"},
    "DeleteResourcePolicy": {},
    "ListResourcePolicies": {},
    "ValidateResourcePolicy": {
        "ResourcePolicy": '{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", '
        '"Resource": "*", "Condition": {"Null": {"aws:x": "false"}}}}'
    },
    "ReplicateSecretToRegions": {"AddReplicaRegions": [{"Region": "eu-west-1"}]},
    "RemoveRegionsFromReplication": {"RemoveReplicaRegions": ["eu-west-1"]},
    "StopReplicationToReplica": {},
}


@pytest.mark.parametrize("operation", REFUSED)
def test_what_waits_for_its_deletion_is_out_of_use(sm, arn, operation):
    sm("DeleteSecret", SecretId=arn)

    with refused("InvalidRequestException", MARKED):
        sm(operation, SecretId=arn, **REFUSED[operation])


def test_what_waits_for_its_deletion_can_be_looked_at(sm, arn):
    sm("DeleteSecret", SecretId=arn)

    assert sm.describe(arn)["Name"] == "n"
    assert len(sm("ListSecretVersionIds", SecretId=arn).versions) == 1
    with refused(
        "InvalidRequestException",
        "You can't create this secret because a secret with this name is already scheduled for "
        "deletion.",
    ):
        sm.create("n")


def test_a_secret_comes_back(sm, arn):
    sm("DeleteSecret", SecretId=arn)

    restored = sm("RestoreSecret", SecretId="n")

    assert (restored.arn, restored.name) == (arn, "n")
    assert "DeletedDate" not in sm.describe(arn)
    assert sm.read(arn) == "v"
    sm("RestoreSecret", SecretId="n")  # none is scheduled: no error


def test_by_force_it_is_gone_at_once(sm, arn):
    told = sm("DeleteSecret", SecretId=arn, ForceDeleteWithoutRecovery=True)

    assert (told.arn, told.name) == (arn, "n")
    with refused("ResourceNotFoundException"):
        sm.describe(arn)
    for model in (Secret, SecretVersion, Stage, SecretTag):
        assert not model.objects.exists()
    assert sm.create("n", "new") != arn  # the suffix is another
    assert sm.read("n") == "new"


def test_force_ends_the_wait(sm, arn):
    sm("DeleteSecret", SecretId=arn)

    sm("DeleteSecret", SecretId=arn, ForceDeleteWithoutRecovery=True)

    assert not Secret.objects.exists()


def test_by_force_what_is_not_there_is_deleted_too(sm):
    told = sm("DeleteSecret", SecretId="gone", ForceDeleteWithoutRecovery=True)

    assert told.name == "gone"
    assert ":secret:gone-" in told.arn
    with refused("ResourceNotFoundException"):
        sm("DeleteSecret", SecretId="gone")


def test_the_worker_deletes_what_is_due(sm, arn):
    sm.create("other")
    sm("DeleteSecret", SecretId=arn, RecoveryWindowInDays=7)

    assert duties.delete_due_secrets() == 0
    with later(7.1):
        assert duties.delete_due_secrets() == 1
        assert duties.delete_due_secrets() == 0

    assert [each.name for each in Secret.objects.all()] == ["other"]
    record = next(each for each in bodies() if each["eventName"] == "EndSecretVersionDelete")
    assert record["eventType"] == "AwsServiceEvent"
    assert record["resources"][0]["ARN"] == arn


def test_what_is_due_is_gone_though_no_worker_came(sm, arn):
    sm("DeleteSecret", SecretId=arn, RecoveryWindowInDays=7)

    with later(7.1):
        for operation in ("DescribeSecret", "GetSecretValue", "RestoreSecret", "DeleteSecret"):
            with refused("ResourceNotFoundException"):
                sm(operation, SecretId=arn)
        assert sm("ListSecrets", IncludePlannedDeletion=True).secret_list == ()
        assert sm.create("n", "new") != arn
        assert sm.read("n") == "new"
    assert Secret.objects.count() == 1
    assert "EndSecretVersionDelete" in [each["eventName"] for each in bodies()]


def test_a_failure_keeps_no_other_from_being_deleted(sm, arn, monkeypatch, caplog):
    sm("DeleteSecret", SecretId=arn)
    sm("DeleteSecret", SecretId=sm.create("other"))
    real = duties.deletion.delete_for_good

    def fails(row, now):
        if row.name == "n":
            raise RuntimeError("hidden")
        real(row, now)

    monkeypatch.setattr(duties.deletion, "delete_for_good", fails)
    with later(31):
        assert duties.delete_due_secrets() == 1

    assert [each.name for each in Secret.objects.all()] == ["n"]
    assert "hidden" not in caplog.text
