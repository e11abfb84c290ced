"""Sharing parameters, with boto3 against a running server and two accounts on it."""

import json

import pytest
from botocore.exceptions import ClientError

OTHER = "210987654321"
_MAKE = f"""
from iam.bootstrap import first_account
made = first_account("{OTHER}")
print(made.access_key_id, made.secret)
"""
_POLICY = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"AWS": OTHER},
        "Action": ["ssm:GetParameter", "ssm:GetParameters", "ssm:DescribeParameters"],
        "Resource": "*",
    },
}


@pytest.fixture
def ssm(server):
    return server.client("ssm")


@pytest.fixture
def stranger(server):
    """The same service as another account's administrator calls it."""
    key_id, secret = server.manage("shell", "--verbosity", "0", "-c", _MAKE).split()
    return server.client("ssm", aws_access_key_id=key_id, aws_secret_access_key=secret)


def refusal(call, **given):
    with pytest.raises(ClientError) as raised:
        call(**given)
    return raised.value.response


def test_a_parameter_is_shared_read_and_taken_back(ssm, stranger):
    ssm.put_parameter(Name="/shared/p", Value="v", Type="String", Tier="Advanced")
    where = ssm.get_parameter(Name="/shared/p")["Parameter"]["ARN"]

    made = ssm.put_resource_policy(ResourceArn=where, Policy=json.dumps(_POLICY, indent=2))

    assert stranger.get_parameter(Name=where)["Parameter"]["Value"] == "v"
    mine = [{"Key": "Name", "Values": ["/shared/p"]}]
    pages = stranger.get_paginator("describe_parameters").paginate(
        Shared=True, ParameterFilters=mine
    )
    assert [each["ARN"] for page in pages for each in page["Parameters"]] == [where]
    (told,) = ssm.get_resource_policies(ResourceArn=where)["Policies"]
    assert json.loads(told["Policy"]) == _POLICY

    known = {"PolicyId": made["PolicyId"], "PolicyHash": told["PolicyHash"]}
    ssm.delete_resource_policy(ResourceArn=where, **known)
    error = refusal(stranger.get_parameter, Name=where)["Error"]
    assert error["Code"] == "AccessDeniedException"
    error = refusal(ssm.delete_resource_policy, ResourceArn=where, **known)["Error"]
    assert error["Code"] == "ResourcePolicyNotFoundException"


def test_errors_tell_what_is_wrong(ssm):
    ssm.put_parameter(Name="/shared/standard", Value="v", Type="String")
    where = ssm.get_parameter(Name="/shared/standard")["Parameter"]["ARN"]

    answer = refusal(ssm.put_resource_policy, ResourceArn=where, Policy=json.dumps(_POLICY))

    assert answer["Error"]["Code"] == "ResourcePolicyInvalidParameterException"
    assert answer["ParameterNames"] == ["ResourceArn"]
