"""STS through stock clients: roles taken by profiles, across accounts, and what the trail says."""

import json
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.iam.sts import trusting

ACCOUNT = "123456789012"
AWS = str(Path(sys.executable).with_name("aws"))
LIST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}],
}


def code_of(call, **given):
    with pytest.raises(ClientError) as raised:
        call(**given)
    answer = raised.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


@pytest.fixture(scope="module")
def taker(server):
    """The keys of a user that may do nothing but take the role `taken`."""
    iam = server.client("iam")
    user = iam.create_user(UserName="taker")["User"]
    iam.create_role(RoleName="taken", AssumeRolePolicyDocument=trusting(user["Arn"]))
    iam.put_role_policy(RoleName="taken", PolicyName="all", PolicyDocument=json.dumps(LIST))
    return iam.create_access_key(UserName="taker")["AccessKey"]


@pytest.fixture
def sts(server, taker):
    return as_(server, "sts", taker)


def as_(server, service, keys, **more):
    return server.client(
        service,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys.get("SessionToken"),
        **more,
    )


TAKEN = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/taken", "RoleSessionName": "monday"}


def test_a_role_is_taken_and_used_by_every_service(server, sts):
    answer = sts.assume_role(**TAKEN, MinimumSessionTokenSize=4096)
    keys = answer["Credentials"]

    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/taken/monday"
    assert answer["AssumedRoleUser"]["Arn"] == arn
    assert answer["SessionTokenSize"] == len(keys["SessionToken"]) == 4096
    assert as_(server, "sts", keys).get_caller_identity()["Arn"] == arn
    kms = as_(server, "kms", keys)
    key = kms.create_key()["KeyMetadata"]["Arn"]
    sealed = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"
    assert code_of(as_(server, "ssm", keys).describe_parameters) == ("AccessDeniedException", 400)
    assert code_of(as_(server, "iam", keys).list_users) == ("AccessDenied", 403)


def test_the_trail_names_the_session_and_never_its_secrets(server, sts):
    keys = sts.assume_role(**TAKEN)["Credentials"]
    as_(server, "kms", keys).list_keys()

    def records(name):
        found = server.client("cloudtrail").lookup_events(
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": name}]
        )
        return [json.loads(event["CloudTrailEvent"]) for event in found["Events"]]

    record = next(
        each
        for each in records("AssumeRole")
        if each["responseElements"]["credentials"]["accessKeyId"] == keys["AccessKeyId"]
    )
    assert record["resources"][0]["ARN"] == TAKEN["RoleArn"]
    assert record["userIdentity"]["userName"] == "taker"
    assert record["readOnly"] is True
    for secret in (keys["SecretAccessKey"], keys["SessionToken"]):
        assert secret not in json.dumps(record)
    used = next(
        each
        for each in records("ListKeys")
        if each["userIdentity"].get("accessKeyId") == keys["AccessKeyId"]
    )
    assert used["userIdentity"]["type"] == "AssumedRole"
    assert used["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"] == TAKEN["RoleArn"]
    assert used["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"] == "false"


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("kms", "list_keys", ("UnrecognizedClientException", 400)),
        ("secretsmanager", "list_secrets", ("UnrecognizedClientException", 400)),
        ("sts", "get_caller_identity", ("InvalidClientTokenId", 403)),
        ("iam", "list_users", ("InvalidClientTokenId", 403)),
    ],
)
def test_a_token_that_is_none_is_told_as_on_aws(server, sts, taker, service, operation, code):
    keys = sts.assume_role(**TAKEN)["Credentials"]

    for wrong in ({**keys, "SessionToken": "x"}, {**taker, "SessionToken": keys["SessionToken"]}):
        assert code_of(getattr(as_(server, service, wrong), operation)) == code


def test_session_policies_and_refusals_as_botocore_reads_them(server, sts):
    read = {**LIST, "Statement": [{**LIST["Statement"][0], "Action": "kms:List*"}]}
    answer = sts.assume_role(
        **TAKEN,
        Policy=json.dumps(read),
    )
    kms = as_(server, "kms", answer["Credentials"])

    assert answer["PackedPolicySize"] > 0
    assert kms.list_keys()["Keys"] is not None
    assert code_of(kms.create_key) == ("AccessDeniedException", 400)
    assert code_of(sts.assume_role, **TAKEN, Policy="{}") == ("MalformedPolicyDocument", 400)
    gone = {**TAKEN, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/gone"}
    assert code_of(sts.assume_role, **gone) == ("AccessDenied", 403)


def test_a_users_session(server, sts):
    keys = sts.get_session_token(DurationSeconds=900)["Credentials"]
    of_session = as_(server, "sts", keys)

    assert of_session.get_caller_identity()["Arn"].endswith(":user/taker")
    assert of_session.assume_role(**TAKEN)["Credentials"]
    assert code_of(of_session.get_session_token) == ("AccessDenied", 403)
    assert code_of(as_(server, "iam", keys).get_user) == ("InvalidClientTokenId", 403)


def test_a_profile_takes_the_role(server, taker, tmp_path, monkeypatch):
    (tmp_path / "credentials").write_text(
        f"[taker]\naws_access_key_id = {taker['AccessKeyId']}\n"
        f"aws_secret_access_key = {taker['SecretAccessKey']}\n"
    )
    (tmp_path / "config").write_text(
        f"[profile taken]\nrole_arn = {TAKEN['RoleArn']}\nsource_profile = taker\n"
        f"role_session_name = profiled\nregion = us-east-1\nendpoint_url = {server.url}\n"
        f"[profile taker]\nendpoint_url = {server.url}\n"
    )
    environment = server.environment() | {
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_PROFILE": "taken",
        "AWS_ENDPOINT_URL": server.url,
        "HOME": str(tmp_path),  # the CLI keeps there what it was given, also by other servers
    }
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL"):
        monkeypatch.setenv(name, environment[name])
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/taken/profiled"

    session = boto3.session.Session(profile_name="taken")
    assert session.client("sts").get_caller_identity()["Arn"] == arn
    done = subprocess.run(
        [AWS, "sts", "get-caller-identity", "--query", "Arn", "--output", "text"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.strip() == arn, done.stderr


def test_a_role_that_is_made_anew_does_not_know_the_sessions_of_the_first(server, sts):
    iam = server.client("iam")
    trust = iam.get_role(RoleName="taken")["Role"]["AssumeRolePolicyDocument"]
    again = {"RoleName": "again", "AssumeRolePolicyDocument": json.dumps(trust)}
    iam.create_role(**again)
    named = {**TAKEN, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/again"}
    keys = sts.assume_role(**named)["Credentials"]
    iam.delete_role(RoleName="again")
    iam.create_role(**again)

    assert code_of(as_(server, "sts", keys).get_caller_identity) == ("InvalidClientTokenId", 403)
    assert sts.assume_role(**named)["Credentials"]
