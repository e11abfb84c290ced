"""Replicas: read in their region, in step with their primary, and nobody else's to change."""

import pytest

from secrets_app.models import Secret
from service import wire
from tests.keys.using import refused
from tests.secrets_app.using import Secrets
from tests.support import people

pytestmark = pytest.mark.django_db

IRELAND, OREGON = "eu-west-1", "us-west-2"
OF_REPLICA = (
    "Operation not permitted on a replica secret. Call must be made in primary secret's region."
)


@pytest.fixture
def arn(sm):
    return sm.create("n", "1", Description="d", Tags=[{"Key": "a", "Value": "b"}])


@pytest.fixture
def there(sm):
    """The same administrator in Ireland."""
    return sm.at(region=IRELAND)


def replicate(sm, *regions: str, **more):
    given = [{"Region": region} for region in regions]
    told = sm("ReplicateSecretToRegions", SecretId="n", AddReplicaRegions=given, **more)
    return wire.encode(told)["ReplicationStatus"]


def statuses(sm):
    return {each["Region"]: each for each in sm.describe("n").get("ReplicationStatus", [])}


def test_a_replica_is_like_its_primary(sm, arn, there):
    sm.put(arn, "2")

    told = replicate(sm, IRELAND)

    assert told == [{"Region": IRELAND, "KmsKeyId": "alias/aws/secretsmanager", "Status": "InSync"}]
    here, copy = sm.describe(arn), there.describe("n")
    assert copy.pop("ARN") == arn.replace("us-east-1", IRELAND)
    assert here.pop("ReplicationStatus") == told
    for each in (here, copy):
        for member in ("LastChangedDate", "LastAccessedDate"):
            each.pop(member, None)
    assert {name: here[name] for name in copy} == copy
    assert (copy["PrimaryRegion"], here["PrimaryRegion"]) == ("us-east-1", "us-east-1")
    assert there.read("n") == "2"
    assert there.read("n", VersionStage="AWSPREVIOUS") == "1"


def test_a_secret_is_made_with_its_replicas(sm, there):
    made = sm("CreateSecret", Name="n", SecretString="1", AddReplicaRegions=[{"Region": IRELAND}])

    assert [each.status for each in made.replication_status] == ["InSync"]
    assert there.read("n") == "1"
    again = sm.stages("n")
    assert there.stages("n") == again


def test_a_replica_has_a_key_of_its_own(sm, arn, there, kms):
    key = kms.at(region=IRELAND).create().key_id

    sm(
        "ReplicateSecretToRegions",
        SecretId=arn,
        AddReplicaRegions=[{"Region": IRELAND, "KmsKeyId": key}],
    )

    assert there.describe("n")["KmsKeyId"] == key
    assert statuses(sm)[IRELAND]["KmsKeyId"] == key
    kms.at(region=IRELAND)("DisableKey", KeyId=key)
    with refused("DecryptionFailure"):
        there.read("n")
    assert sm.read(arn) == "1"


def test_a_replica_follows_every_change(sm, arn, there):
    replicate(sm, IRELAND)
    pending = sm.put(arn, "2", "AWSPENDING")
    assert there.read("n", VersionStage="AWSPENDING") == "2"
    current = sm("GetSecretValue", SecretId=arn).version_id
    sm(
        "UpdateSecretVersionStage",
        SecretId=arn,
        VersionStage="AWSCURRENT",
        RemoveFromVersionId=current,
        MoveToVersionId=pending,
    )
    assert there.read("n") == "2"
    sm("UpdateSecret", SecretId=arn, Description="new", SecretString="3")
    assert there.read("n") == "3"
    sm("TagResource", SecretId=arn, Tags=[{"Key": "c", "Value": "d"}])
    sm("UntagResource", SecretId=arn, TagKeys=["a"])
    policy = people.policy(
        people.statement(
            "Allow", "secretsmanager:GetSecretValue", Principal={"AWS": "123456789012"}
        )
    )
    sm("PutResourcePolicy", SecretId=arn, ResourcePolicy=policy)

    told = there.describe("n")
    assert told["Description"] == "new"
    assert told["Tags"] == [{"Key": "c", "Value": "d"}]
    assert told["VersionIdsToStages"] == sm.stages(arn)
    assert there("GetResourcePolicy", SecretId="n").resource_policy == policy


CHANGES = {
    "PutSecretValue": {"SecretString": "x"},
    "UpdateSecret": {"Description": "x"},
    "UpdateSecretVersionStage": {"VersionStage": "a"},
    "TagResource": {"Tags": [{"Key": "a", "Value": "b"}]},
    "UntagResource": {"TagKeys": ["a"]},
    "PutResourcePolicy": {"ResourcePolicy": "{}"},
    "DeleteResourcePolicy": {},
    "DeleteSecret": {},
    "RestoreSecret": {},
    "ReplicateSecretToRegions": {"AddReplicaRegions": [{"Region": OREGON}]},
    "RemoveRegionsFromReplication": {"RemoveReplicaRegions": [OREGON]},
}


@pytest.mark.parametrize("operation", CHANGES)
def test_a_replica_is_read_only(sm, arn, there, operation):
    replicate(sm, IRELAND)

    with refused("InvalidParameterException", OF_REPLICA):
        there(operation, SecretId="n", **CHANGES[operation])


@pytest.mark.parametrize(
    "regions", [["us-east-1"], ["mars-1"], ["cn-north-1"], [IRELAND] * 2, [""]]
)
def test_where_no_replica_can_be(sm, arn, regions):
    with refused("InvalidParameterException", "Invalid replica region."):
        sm(
            "ReplicateSecretToRegions",
            SecretId=arn,
            AddReplicaRegions=[{"Region": region} if region else {} for region in regions],
        )


def test_a_name_that_is_taken_is_not_overwritten_unasked(sm, arn, there):
    other = there.create("n", "other")

    told = replicate(sm, IRELAND, OREGON)

    assert [each["Status"] for each in told] == ["Failed", "InSync"]
    text = f"Replication failed: Secret name n already exists in region {IRELAND}."
    assert told[0]["StatusMessage"] == text
    assert there.read(other) == "other"
    sm.put(arn, "2")
    assert statuses(sm)[IRELAND]["Status"] == "Failed"

    replicate(sm, IRELAND, ForceOverwriteReplicaSecret=True)
    assert statuses(sm)[IRELAND]["Status"] == "InSync"
    assert there.read("n") == "2"
    with refused("ResourceNotFoundException"):
        there.read(other)


def test_another_primary_is_not_overwritten_even_by_force(sm, arn, there):
    there.create("n", "other", AddReplicaRegions=[{"Region": OREGON}])

    told = replicate(sm, IRELAND, ForceOverwriteReplicaSecret=True)

    assert told[0]["Status"] == "Failed"
    assert there.read("n") == "other"


def test_what_cannot_be_sealed_there_is_told_and_made_up_for(sm, arn, there, kms):
    key = kms.at(region=IRELAND).create().key_id
    wanted = [{"Region": IRELAND, "KmsKeyId": key}]
    sm("ReplicateSecretToRegions", SecretId=arn, AddReplicaRegions=wanted)
    writer = Secrets(people.user("writer", "secretsmanager:*"))

    writer.put(arn, "2")

    told = statuses(sm)[IRELAND]
    assert told["Status"] == "Failed"
    assert told["StatusMessage"] == "Replication failed: Access to KMS is not allowed"
    assert there.read("n") == "1"
    assert sm.read(arn) == "2"

    sm("UpdateSecret", SecretId=arn, Description="by who may")
    assert statuses(sm)[IRELAND] == {"Region": IRELAND, "KmsKeyId": key, "Status": "InSync"} | {
        name: told for name, told in statuses(sm)[IRELAND].items() if name == "LastAccessedDate"
    }
    assert there.read("n") == "2"


def test_who_replicates_must_be_able_to_decrypt(sm, kms, there):
    sm.create("n", "1", KmsKeyId=kms.create().key_id)
    writer = Secrets(people.user("writer", "secretsmanager:*"))

    told = replicate(writer, IRELAND)

    assert told[0]["Status"] == "Failed"
    with refused("ResourceNotFoundException"):
        there.read("n")
    assert replicate(sm, IRELAND)[0]["Status"] == "InSync"
    assert there.read("n") == "1"


def test_replicas_go_at_once(sm, arn, there):
    replicate(sm, IRELAND, OREGON)

    told = sm("RemoveRegionsFromReplication", SecretId=arn, RemoveReplicaRegions=[IRELAND])

    assert [each.region for each in told.replication_status] == [OREGON]
    with refused("ResourceNotFoundException"):
        there.describe("n")
    for _ in range(2):  # again: no error
        told = sm("RemoveRegionsFromReplication", SecretId=arn, RemoveReplicaRegions=[OREGON])
    assert told.replication_status == ()
    assert "PrimaryRegion" not in sm.describe(arn)


def test_a_primary_is_deleted_after_its_replicas(sm, arn):
    replicate(sm, IRELAND, OREGON)
    text = f"You can't delete secret {arn} that still has replica regions [{IRELAND}, {OREGON}]"

    for given in ({}, {"ForceDeleteWithoutRecovery": True}):
        with refused("InvalidParameterException", text):
            sm("DeleteSecret", SecretId=arn, **given)
    sm("RemoveRegionsFromReplication", SecretId=arn, RemoveReplicaRegions=[IRELAND, OREGON])
    sm("DeleteSecret", SecretId=arn)


def test_a_replica_becomes_a_secret_of_its_own(sm, arn, there):
    replicate(sm, IRELAND, OREGON)

    told = there("StopReplicationToReplica", SecretId="n")

    assert told.arn == arn.replace("us-east-1", IRELAND)
    assert list(statuses(sm)) == [OREGON]
    sm.put(arn, "2")
    assert there.read("n") == "1"
    there.put("n", "3")
    assert (there.read("n"), sm.read(arn)) == ("3", "2")
    assert "PrimaryRegion" not in there.describe("n")
    there("DeleteSecret", SecretId="n")
    with refused("InvalidRequestException"):
        sm("StopReplicationToReplica", SecretId=arn)


def test_lists_tell_where_a_secret_comes_from(sm, arn, there):
    replicate(sm, IRELAND)
    sm.create("alone")

    def found(who, region):
        given = [{"Key": "primary-region", "Values": [region]}]
        return [each.name for each in who("ListSecrets", Filters=given).secret_list]

    assert found(sm, "us-east-1") == ["n"]
    assert found(there, "us-east-1") == ["n"]
    assert found(sm, IRELAND) == []


def test_a_rotation_that_has_begun_is_seen_in_the_replica(sm, arn, there):
    replicate(sm, IRELAND)
    row = Secret.objects.get(region="us-east-1")
    version = row.versions.create(version_id="p" * 32, created=row.created)
    row.stages.create(version=version, label="AWSPENDING")

    sm("UpdateSecret", SecretId=arn, Description="x")
    assert there.stages("n") == sm.stages(arn)
    sm.put(arn, "2", "AWSPENDING", ClientRequestToken="p" * 32)

    assert there.read("n", VersionStage="AWSPENDING") == "2"
