"""Rotation by functions that an operator registered, on a running server, by its commands."""

import json
from pathlib import Path

import pytest

from tests.support.functions import EMULATED, Functions

CODE = Path(__file__).with_name("handler")
HANDLER = "lambda_function.lambda_handler"
MAY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
                "secretsmanager:PutSecretValue",
                "secretsmanager:UpdateSecretVersionStage",
            ],
            "Resource": "*",
        },
        {"Effect": "Allow", "Action": "secretsmanager:GetRandomPassword", "Resource": "*"},
        {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*"},
    ],
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


@pytest.fixture(scope="module")
def role(server) -> str:
    iam = server.client("iam")
    iam.create_role(RoleName="rotating", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(RoleName="rotating", PolicyName="may", PolicyDocument=json.dumps(MAY))
    return "rotating"


def add(server, name: str, *words: str) -> str:
    """The function's ARN."""
    return server.manage("rotation_functions", "add", "--name", name, *words).splitlines()[0]


def rotated(server, name: str, function: str) -> dict[str, str]:
    """A secret's value after it was rotated."""
    client = server.client("secretsmanager")
    value = json.dumps({"username": "app", "password": "first"})
    client.create_secret(Name=name, SecretString=value)
    client.rotate_secret(
        SecretId=name,
        RotationLambdaARN=function,
        RotationRules={"AutomaticallyAfterDays": 30},
    )
    server.manage("worker", "--once")
    told: dict[str, str] = json.loads(client.get_secret_value(SecretId=name)["SecretString"])
    return told


def test_a_handler_written_for_lambda_rotates_here(server, role, tmp_path):
    place = tmp_path / "password"
    given = ["--python", str(CODE), "--handler", HANDLER, "--role", role]
    function = add(server, "handler", *given, "--env", f"PLACE={place}")

    value = rotated(server, "by-handler", function)

    assert value == {"username": "app", "password": place.read_text()}
    assert value["password"] != "first"
    assert _who_put(server).endswith("assumed-role/rotating/handler")


def test_what_a_handler_may_not_do_fails_and_the_password_stays(server, tmp_path):
    iam = server.client("iam")
    iam.create_role(RoleName="powerless", AssumeRolePolicyDocument=json.dumps(TRUST))
    place = tmp_path / "password"
    given = ["--python", str(CODE), "--handler", HANDLER, "--role", "powerless"]
    function = add(server, "powerless", *given, "--env", f"PLACE={place}")

    assert rotated(server, "not-rotated", function)["password"] == "first"
    assert not place.exists()


def test_an_endpoint_is_asked_step_by_step(server):
    functions = Functions()
    try:
        function = add(server, "endpoint", "--url", functions.url + EMULATED)
        assert rotated(server, "by-endpoint", function)["password"] == "first"
    finally:
        functions.stop()

    steps = [event["Step"] for event in functions.events]
    assert steps[:3] == ["createSecret", "setSecret", "testSecret"]
    assert {event["SecretId"] for event in functions.events} == {
        server.client("secretsmanager").describe_secret(SecretId="by-endpoint")["ARN"]
    }


def _who_put(server) -> str:
    """Whom the trail names for the last PutSecretValue."""
    name = {"AttributeKey": "EventName", "AttributeValue": "PutSecretValue"}
    found = server.client("cloudtrail").lookup_events(LookupAttributes=[name])["Events"][0]
    identity = json.loads(found["CloudTrailEvent"])["userIdentity"]
    assert identity["type"] == "AssumedRole"
    return str(identity["arn"])
