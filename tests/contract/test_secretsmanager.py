"""Secrets Manager through boto3, the CLI and AWS's cache, against a running server."""

import json
import subprocess
import uuid

import pytest
from aws_secretsmanager_caching import SecretCache, SecretCacheConfig
from botocore.exceptions import ClientError

from tests.contract.test_aws_cli import AWS
from tests.support import people

OTHER_REGION = "eu-west-1"


@pytest.fixture
def sm(server):
    return server.client("secretsmanager")


@pytest.fixture
def there(server):
    """The same client in another region."""
    return server.client("secretsmanager", region_name=OTHER_REGION)


@pytest.fixture
def secret(sm):
    """A secret's ARN."""
    return sm.create_secret(Name=f"contract/{uuid.uuid4()}", SecretString="first")["ARN"]


def error_of(call, **given):
    with pytest.raises(ClientError) as raised:
        call(**given)
    return raised.value.response["Error"]


def answer(told):
    return {name: value for name, value in told.items() if name != "ResponseMetadata"}


def test_create_get_and_put(sm):
    name, token = f"contract/{uuid.uuid4()}", str(uuid.uuid4())

    made = sm.create_secret(Name=name, SecretString="first", ClientRequestToken=token)
    assert set(answer(made)) == {"ARN", "Name", "VersionId"}
    told = sm.get_secret_value(SecretId=name)
    assert (told["SecretString"], told["VersionId"]) == ("first", token)
    assert told["VersionStages"] == ["AWSCURRENT"]
    put = sm.put_secret_value(SecretId=made["ARN"], SecretBinary=b"\x00second")
    assert put["VersionStages"] == ["AWSCURRENT"]
    assert sm.get_secret_value(SecretId=name)["SecretBinary"] == b"\x00second"


def test_an_errors_message_is_where_clients_look_for_it(server, sm):
    error = error_of(sm.get_secret_value, SecretId="contract/gone")

    assert error == {
        "Message": "Secrets Manager can't find the specified secret.",
        "Code": "ResourceNotFoundException",
    }
    assert sm.exceptions.ResourceNotFoundException


def test_describe_update_and_list(sm, secret):
    sm.update_secret(SecretId=secret, Description="described", SecretString="second")

    told = answer(sm.describe_secret(SecretId=secret))

    assert told["Description"] == "described"
    assert sorted(told["VersionIdsToStages"].values()) == [["AWSCURRENT"], ["AWSPREVIOUS"]]
    assert "RotationEnabled" not in told
    filters = [{"Key": "name", "Values": [told["Name"]]}]
    pages = sm.get_paginator("list_secrets").paginate(Filters=filters)
    (entry,) = [each for page in pages for each in page["SecretList"]]
    assert entry["SecretVersionsToStages"] == told["VersionIdsToStages"]
    assert entry["CreatedDate"] == told["CreatedDate"]
    versions = sm.list_secret_version_ids(SecretId=secret)["Versions"]
    assert [each["KmsKeyIds"] for each in versions] == [["DefaultEncryptionKey"]] * 2


def test_stages_move(sm, secret):
    first = sm.get_secret_value(SecretId=secret)["VersionId"]
    pending = sm.put_secret_value(
        SecretId=secret, SecretString="second", VersionStages=["AWSPENDING"]
    )["VersionId"]

    sm.update_secret_version_stage(
        SecretId=secret,
        VersionStage="AWSCURRENT",
        RemoveFromVersionId=first,
        MoveToVersionId=pending,
    )

    stages = sm.describe_secret(SecretId=secret)["VersionIdsToStages"]
    assert stages == {first: ["AWSPREVIOUS"], pending: ["AWSPENDING", "AWSCURRENT"]}


def test_a_batch(sm, secret):
    told = sm.batch_get_secret_value(SecretIdList=[secret, "contract/gone"])

    assert [each["SecretString"] for each in told["SecretValues"]] == ["first"]
    assert [each["ErrorCode"] for each in told["Errors"]] == ["ResourceNotFoundException"]
    name = told["SecretValues"][0]["Name"]
    found = sm.batch_get_secret_value(Filters=[{"Key": "name", "Values": [name]}])
    assert [each["SecretString"] for each in found["SecretValues"]] == ["first"]


def test_deletion_and_the_way_back(sm, secret):
    deleted = sm.delete_secret(SecretId=secret, RecoveryWindowInDays=7)
    assert set(answer(deleted)) == {"ARN", "Name", "DeletionDate"}
    error = error_of(sm.get_secret_value, SecretId=secret)
    assert error["Code"] == "InvalidRequestException"
    assert error["Message"].endswith("because it was marked for deletion.")
    sm.restore_secret(SecretId=secret)
    assert sm.get_secret_value(SecretId=secret)["SecretString"] == "first"
    sm.delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
    assert error_of(sm.describe_secret, SecretId=secret)["Code"] == "ResourceNotFoundException"


def test_tags(sm, secret):
    sm.tag_resource(SecretId=secret, Tags=[{"Key": "a", "Value": "b"}])
    assert sm.describe_secret(SecretId=secret)["Tags"] == [{"Key": "a", "Value": "b"}]
    sm.untag_resource(SecretId=secret, TagKeys=["a"])
    assert sm.describe_secret(SecretId=secret)["Tags"] == []


def test_policies(sm, secret):
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": people.OTHER_ACCOUNT},
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    public = json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Principal": "*"}]})

    assert "ResourcePolicy" not in sm.get_resource_policy(SecretId=secret)
    sm.put_resource_policy(SecretId=secret, ResourcePolicy=policy, BlockPublicPolicy=True)
    assert sm.get_resource_policy(SecretId=secret)["ResourcePolicy"] == policy
    assert sm.list_resource_policies(SecretId=secret)["ResourcePolicies"] == [
        {"PolicyName": "default"}
    ]
    given = {"SecretId": secret, "ResourcePolicy": public}
    assert error_of(sm.put_resource_policy, BlockPublicPolicy=True, **given)["Code"] == (
        "PublicPolicyException"
    )
    assert sm.validate_resource_policy(**given)["PolicyValidationPassed"] is False
    sm.delete_resource_policy(SecretId=secret)
    assert "ResourcePolicy" not in sm.get_resource_policy(SecretId=secret)


def test_passwords(sm):
    password = sm.get_random_password(PasswordLength=20, ExcludePunctuation=True)

    assert password["RandomPassword"].isalnum()
    assert len(password["RandomPassword"]) == 20


def test_replicas(sm, there, secret):
    told = sm.replicate_secret_to_regions(
        SecretId=secret, AddReplicaRegions=[{"Region": OTHER_REGION}]
    )
    copy = secret.replace("us-east-1", OTHER_REGION)
    assert [each["Status"] for each in told["ReplicationStatus"]] == ["InSync"]
    assert there.get_secret_value(SecretId=copy)["SecretString"] == "first"
    sm.put_secret_value(SecretId=secret, SecretString="second")
    assert there.get_secret_value(SecretId=copy)["SecretString"] == "second"

    assert there.stop_replication_to_replica(SecretId=copy)["ARN"] == copy
    assert "ReplicationStatus" not in sm.describe_secret(SecretId=secret)
    there.delete_secret(SecretId=copy, ForceDeleteWithoutRecovery=True)
    sm.replicate_secret_to_regions(SecretId=secret, AddReplicaRegions=[{"Region": OTHER_REGION}])
    sm.remove_regions_from_replication(SecretId=secret, RemoveReplicaRegions=[OTHER_REGION])
    assert error_of(there.describe_secret, SecretId=copy)["Code"] == "ResourceNotFoundException"


def test_replicas_in_other_accounts_are_asked_for(sm, secret):
    """There is one account on this server: what is asked of another is refused."""
    elsewhere = f"arn:aws:secretsmanager:us-east-1:{people.OTHER_ACCOUNT}:secret:n-abcdef"
    given = {"SecretId": secret, "CrossAccountReplicaARN": elsewhere}

    code = error_of(sm.associate_cross_account_replica, **given)["Code"]
    assert code == "AccessDeniedException"
    code = error_of(sm.disassociate_cross_account_replica, **given)["Code"]
    assert code == "ResourceNotFoundException"


def test_aws_cache_reads_through_an_update(sm, secret):
    cache = SecretCache(config=SecretCacheConfig(secret_refresh_interval=3600), client=sm)
    assert cache.get_secret_string(secret) == "first"

    sm.put_secret_value(SecretId=secret, SecretString="second")
    assert cache.get_secret_string(secret) == "first"
    cache.refresh_secret_now(secret)

    assert cache.get_secret_string(secret) == "second"
    assert cache.get_secret_string(secret, version_stage="AWSPREVIOUS") == "first"


def test_the_trail_tells_of_secrets(server, sm, secret):
    sm.get_secret_value(SecretId=secret)
    trail = server.client("cloudtrail")
    wanted = [{"AttributeKey": "ResourceName", "AttributeValue": secret}]

    events = trail.lookup_events(LookupAttributes=wanted)["Events"]

    names = [each["EventName"] for each in events]
    assert {"CreateSecret", "GetSecretValue"} <= set(names)
    assert all("first" not in each["CloudTrailEvent"] for each in events)


def test_the_cli_creates_and_reads(server):
    name = f"contract/{uuid.uuid4()}"

    def aws(*words):
        command = [AWS, "secretsmanager", *words]
        done = subprocess.run(
            command, env=server.environment(), capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    aws("create-secret", "--name", name, "--secret-string", "by hand")
    told = aws("get-secret-value", "--secret-id", name)

    assert told["SecretString"] == "by hand"
