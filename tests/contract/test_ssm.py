"""Parameter Store through boto3 against a running server: each operation, as a client sees it."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

ACCOUNT = "123456789012"


@pytest.fixture
def ssm(server):
    return server.client("ssm")


@pytest.fixture
def path() -> str:
    """A path that no other test has anything in."""
    return f"/t{uuid.uuid4().hex}"


def error_of(call, **given):
    with pytest.raises(ClientError) as raised:
        call(**given)
    error = raised.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_parameter_is_put_and_got(ssm, path):
    made = ssm.put_parameter(Name=f"{path}/p", Value="one", Type="String")
    assert (made["Version"], made["Tier"]) == (1, "Standard")

    told = ssm.get_parameter(Name=f"{path}/p")["Parameter"]
    assert abs(told.pop("LastModifiedDate") - datetime.now(UTC)) < timedelta(minutes=1)
    assert told == {
        "Name": f"{path}/p",
        "Type": "String",
        "Value": "one",
        "Version": 1,
        "ARN": f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter{path}/p",
        "DataType": "text",
    }
    assert ssm.get_parameter(Name=f"{path}/p:1")["Parameter"]["Selector"] == ":1"
    assert error_of(ssm.get_parameter, Name=f"{path}/q")[0] == "ParameterNotFound"
    code, message = error_of(ssm.put_parameter, Name=f"{path}/p", Value="two", Type="String")
    assert code == "ParameterAlreadyExists"
    assert message.startswith("The parameter already exists.")


def test_a_secure_string_goes_by_its_key(ssm, server, path):
    kms = server.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    ssm.put_parameter(Name=f"{path}/s", Value="secret", Type="SecureString", KeyId=key)

    assert ssm.get_parameter(Name=f"{path}/s")["Parameter"]["Value"] != "secret"
    decrypted = ssm.get_parameter(Name=f"{path}/s", WithDecryption=True)["Parameter"]
    assert decrypted["Value"] == "secret"

    kms.disable_key(KeyId=key)
    code, message = error_of(ssm.get_parameter, Name=f"{path}/s", WithDecryption=True)
    assert code == "InvalidKeyId"
    assert "is disabled. (Service: AWSKMS; Status Code: 400; Error Code: Disabled" in message


def test_a_hierarchy_is_walked_by_pages(ssm, path):
    names = [f"{path}/a/p{number:02}" for number in range(12)]
    for name in [*names, f"{path}/b"]:
        ssm.put_parameter(Name=name, Value="x", Type="String")

    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True)
    assert [each["Name"] for page in pages for each in page["Parameters"]] == [*names, f"{path}/b"]
    wanted = [{"Key": "Path", "Option": "Recursive", "Values": [path]}]
    pages = ssm.get_paginator("describe_parameters").paginate(
        ParameterFilters=wanted, PaginationConfig={"PageSize": 5}
    )
    assert [each["Name"] for page in pages for each in page["Parameters"]] == [*names, f"{path}/b"]
    last = ssm.get_parameters_by_path(Path=path)
    assert [each["Name"] for each in last["Parameters"]] == [f"{path}/b"]
    assert "NextToken" not in last


def test_batches_tell_what_is_not_there(ssm, path):
    ssm.put_parameter(Name=f"{path}/p", Value="x", Type="String")
    names = [f"{path}/p", f"{path}/q"]

    told = ssm.get_parameters(Names=names)
    assert [each["Name"] for each in told["Parameters"]] == names[:1]
    assert told["InvalidParameters"] == names[1:]
    told = ssm.delete_parameters(Names=names)
    assert (told["DeletedParameters"], told["InvalidParameters"]) == (names[:1], names[1:])


def test_a_description_has_the_members_of_awss(ssm, path):
    ssm.put_parameter(Name=f"{path}/p", Value="x", Type="String")

    (told,) = ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [f"{path}/p"]}])[
        "Parameters"
    ]
    assert told.pop("LastModifiedDate")
    assert told == {
        "Name": f"{path}/p",
        "ARN": f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter{path}/p",
        "Type": "String",
        "LastModifiedUser": f"arn:aws:iam::{ACCOUNT}:user/administrator",
        "Version": 1,
        "Tier": "Standard",
        "Policies": [],
        "DataType": "text",
    }


def test_versions_and_labels(ssm, path):
    name = f"{path}/p"
    for value in ("one", "two"):
        ssm.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)
    told = ssm.label_parameter_version(Name=name, ParameterVersion=1, Labels=["live", "9"])
    assert (told["ParameterVersion"], told["InvalidLabels"]) == (1, ["9"])

    assert ssm.get_parameter(Name=f"{name}:live")["Parameter"]["Value"] == "one"
    pages = ssm.get_paginator("get_parameter_history").paginate(
        Name=name, PaginationConfig={"PageSize": 1}
    )
    history = [each for page in pages for each in page["Parameters"]]
    assert [(each["Value"], each["Labels"]) for each in history] == [("one", ["live"]), ("two", [])]

    told = ssm.unlabel_parameter_version(Name=name, ParameterVersion=1, Labels=["live", "x"])
    assert (told["RemovedLabels"], told["InvalidLabels"]) == (["live"], ["x"])
    code, message = error_of(ssm.get_parameter, Name=f"{name}:live")
    assert code == "ParameterVersionNotFound"
    assert message.startswith("Systems Manager could not find label live")


def test_tags(ssm, path):
    of = {"ResourceType": "Parameter", "ResourceId": f"{path}/p"}
    tag = {"Key": "team", "Value": path[1:]}
    ssm.put_parameter(Name=f"{path}/p", Value="x", Type="String", Tags=[tag])

    ssm.add_tags_to_resource(**of, Tags=[{"Key": "app", "Value": "x"}])
    assert ssm.list_tags_for_resource(**of)["TagList"] == [tag, {"Key": "app", "Value": "x"}]
    ssm.remove_tags_from_resource(**of, TagKeys=["app"])
    assert ssm.list_tags_for_resource(**of)["TagList"] == [tag]
    found = ssm.describe_parameters(ParameterFilters=[{"Key": "tag:team", "Values": [path[1:]]}])[
        "Parameters"
    ]
    assert [each["Name"] for each in found] == [f"{path}/p"]
    ssm.delete_parameter(Name=f"{path}/p")
    assert error_of(ssm.list_tags_for_resource, **of)[0] == "InvalidResourceId"


def test_what_else_systems_manager_does_is_not_known_here(ssm):
    assert error_of(ssm.list_documents)[0] == "UnknownOperationException"


def test_the_trail_finds_what_was_done_to_a_parameter(ssm, server, path):
    ssm.put_parameter(Name=f"{path}/s", Value="sesame", Type="SecureString")
    ssm.get_parameter(Name=f"{path}/s", WithDecryption=True)

    events = server.client("cloudtrail").lookup_events(
        LookupAttributes=[
            {
                "AttributeKey": "ResourceName",
                "AttributeValue": f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter{path}/s",
            }
        ]
    )["Events"]

    assert [each["EventName"] for each in events] == ["GetParameter", "PutParameter"]
    assert all(each["EventSource"] == "ssm.amazonaws.com" for each in events)
    assert not [each for each in events if "sesame" in each["CloudTrailEvent"]]
