"""Replicas in another account."""

import json

import pytest

from service import wire
from tests.keys.using import Kms, refused
from tests.secrets_app.using import Secrets
from tests.support import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def primary(sm, kms):
    """The primary's ARN."""
    return sm.create("n", "1", Description="d")


@pytest.fixture
def theirs(stranger):
    """A key of the other account, which ours may use."""
    ours = {"AWS": f"arn:aws:iam::{people.ACCOUNT}:root"}
    own = {"AWS": f"arn:aws:iam::{people.OTHER_ACCOUNT}:root"}
    key = Kms(stranger.who).create(
        Policy=people.policy(
            people.statement("Allow", "kms:*", Principal=own),
            people.statement("Allow", "kms:GenerateDataKey", "kms:Encrypt", Principal=ours),
        )
    )
    return key.arn


@pytest.fixture
def replica(stranger, primary, theirs):
    """The replica's ARN."""
    return stranger(
        "CreateSecret", Name="copy", KmsKeyId=theirs, CrossAccountPrimaryARN=primary
    ).arn


def associate(sm, replica, **more):
    return sm("AssociateCrossAccountReplica", SecretId="n", CrossAccountReplicaARN=replica, **more)


def test_a_replica_waits_to_be_associated(stranger, replica, primary):
    told = stranger.describe("copy")

    assert told["CrossAccountPrimary"] == {
        "PrimarySecretARN": primary,
        "ReplicationStatus": "Pending",
    }
    policy = stranger("GetResourcePolicy", SecretId="copy").resource_policy
    assert json.loads(policy)["Statement"][0]["Principal"] == {
        "AWS": f"arn:aws:iam::{people.ACCOUNT}:root"
    }
    with refused("ResourceNotFoundException"):
        stranger.read("copy")
    with refused("InvalidParameterException"):
        stranger.put("copy", "x")


def test_an_associated_replica_follows(sm, stranger, replica, primary):
    told = associate(sm, replica)

    assert (told.arn, told.cross_account_replica_arn) == (primary, replica)
    assert told.replication_status == "InSync"
    assert stranger.read("copy") == "1"
    sm.put(primary, "2")
    sm("UpdateSecret", SecretId="n", Description="new")
    assert stranger.read("copy") == "2"
    assert stranger.describe("copy")["Description"] == "new"
    assert stranger.stages("copy") == sm.stages("n")
    assert sm.describe("n")["CrossAccountReplicas"] == [
        {"ReplicaSecretARN": replica, "ReplicationStatus": "InSync"}
    ]
    associate(sm, replica)  # again: no error


def test_who_may_not_seal_there_leaves_it_behind_and_says_so(sm, stranger, replica, primary):
    associate(sm, replica)
    writer = Secrets(people.user("writer", "secretsmanager:*"))

    writer.put(primary, "2")

    (told,) = sm.describe("n")["CrossAccountReplicas"]
    assert told["ReplicationStatus"] == "Failed"
    assert told["StatusMessage"] == "Replication failed: Access to KMS is not allowed"
    assert stranger.describe("copy")["CrossAccountPrimary"]["ReplicationStatus"] == "Failed"
    assert stranger.read("copy") == "1"
    with refused("AccessDeniedException"):
        associate(writer, replica)
    sm("UpdateSecret", SecretId="n", Description="by who may")
    assert stranger.read("copy") == "2"


def test_a_role_may_replicate(sm, stranger, replica, primary):
    trust = {"Service": "secretsmanager.amazonaws.com"}
    role = people.role(
        "replicator",
        "kms:*",
    )
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    role.trust_policy = people.policy({**statement, "Principal": trust})
    role.save()

    associate(sm, replica, ReplicationRoleARN=role.arn)
    Secrets(people.user("writer", "secretsmanager:*")).put(primary, "2")

    assert stranger.read("copy") == "2"
    (told,) = sm.describe("n")["CrossAccountReplicas"]
    assert told["ReplicationRoleARN"] == role.arn


@pytest.mark.parametrize("name", ["distrusting", "gone"])
def test_a_role_must_trust_the_service(sm, replica, name):
    people.role("distrusting", "kms:*", number=people.ACCOUNT)
    trusting = people.policy(
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"AWS": people.ACCOUNT},
        }
    )
    type(people.role("x")).objects.update(trust_policy=trusting)

    with refused("AccessDeniedException"):
        associate(sm, replica, ReplicationRoleARN=f"arn:aws:iam::{people.ACCOUNT}:role/{name}")
    assert "CrossAccountReplicas" not in sm.describe("n")


def test_the_role_must_be_the_callers_to_pass(sm, replica):
    who = people.user("weak")
    people.attach(who, people.statement("Allow", "*"), people.statement("Deny", "iam:PassRole"))

    with refused("AccessDeniedException"):
        associate(Secrets(who), replica, ReplicationRoleARN=f"arn:aws:iam::{people.ACCOUNT}:role/x")


def test_only_what_was_made_for_it_is_associated(sm, stranger, replica, theirs):
    sm.create("other")
    plain = stranger.create("plain")

    for given in (plain, plain[:-6] + "AAAAAA"):
        with refused("AccessDeniedException"):
            associate(sm, given)
    with refused("InvalidRequestException"):
        sm(
            "AssociateCrossAccountReplica",
            SecretId="other",
            CrossAccountReplicaARN=replica,
        )
    with refused("InvalidParameterException"):
        associate(sm, sm.create("own"))


def test_a_primary_has_one(sm, stranger, replica, primary, theirs):
    second = stranger(
        "CreateSecret", Name="second", KmsKeyId=theirs, CrossAccountPrimaryARN=primary
    ).arn
    associate(sm, replica)

    with refused("LimitExceededException"):
        associate(sm, second)


def test_disassociation(sm, stranger, replica, primary):
    associate(sm, replica)
    with refused("InvalidParameterException"):
        sm("DeleteSecret", SecretId="n")

    given = {"SecretId": "n", "CrossAccountReplicaARN": replica}
    told = wire.encode(sm("DisassociateCrossAccountReplica", **given))

    assert told == {"ARN": primary, "CrossAccountReplicaARN": replica}
    sm.put(primary, "2")
    assert stranger.read("copy") == "1"
    assert stranger.describe("copy")["CrossAccountPrimary"]["ReplicationStatus"] == "Detached"
    with refused("ResourceNotFoundException"):
        sm("DisassociateCrossAccountReplica", **given)
    with refused("InvalidParameterException"):
        stranger("DeleteSecret", SecretId="copy")
    stranger("StopReplicationToReplica", SecretId="copy")
    stranger.put("copy", "own")
    stranger("DeleteSecret", SecretId="copy")
    sm("DeleteSecret", SecretId="n")


def test_a_replica_may_leave_by_itself(sm, stranger, replica, primary):
    associate(sm, replica)

    stranger("StopReplicationToReplica", SecretId="copy")

    sm.put(primary, "2")
    assert stranger.read("copy") == "1"
    told = stranger.describe("copy")
    assert "CrossAccountPrimary" not in told
    assert stranger("GetResourcePolicy", SecretId="copy").resource_policy is None
    (entry,) = sm.describe("n")["CrossAccountReplicas"]
    assert entry["ReplicationStatus"] == "Detached"
    sm("DisassociateCrossAccountReplica", SecretId="n", CrossAccountReplicaARN=replica)
    assert "CrossAccountReplicas" not in sm.describe("n")


@pytest.mark.parametrize(
    "given",
    [
        {"SecretString": "x"},
        {"SecretBinary": b"x"},
        {"Description": "x"},
        {"Type": "x"},
        {"AddReplicaRegions": [{"Region": "eu-west-1"}]},
        {"KmsKeyId": ""},
        {"CrossAccountPrimaryARN": "no ARN, but long enough"},
        {"CrossAccountPrimaryARN": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:n-abcdef"},
        {"CrossAccountPrimaryARN": "arn:aws:secretsmanager:us-east-1:210987654321:secret:n-abcdef"},
    ],
)
def test_what_a_replica_cannot_be_made_with(stranger, primary, theirs, given):
    with refused("InvalidParameterException"):
        stranger(
            "CreateSecret",
            **{"Name": "copy", "KmsKeyId": theirs, "CrossAccountPrimaryARN": primary, **given},
        )


def test_who_makes_a_replica_may_give_policies(primary, theirs):
    weak = Secrets(
        people.user("weak", "secretsmanager:CreateSecret", "kms:*", number=people.OTHER_ACCOUNT)
    )

    with refused("AccessDeniedException"):
        weak("CreateSecret", Name="copy", KmsKeyId=theirs, CrossAccountPrimaryARN=primary)
