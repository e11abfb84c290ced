"""A rotation function as one writes it for Lambda: boto3, four steps, and nothing of ours.

What has the password is a file, in place of a database. Each step makes the calls that AWS's
own functions make, in their order.
"""

import json
import logging
import os
from pathlib import Path

import boto3

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def lambda_handler(event, context):
    arn, token, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    logger.info("%s of %s", step, arn)
    client = boto3.client("secretsmanager", endpoint_url=os.environ["SECRETS_MANAGER_ENDPOINT"])
    metadata = client.describe_secret(SecretId=arn)
    if not metadata["RotationEnabled"]:
        raise ValueError("not enabled")
    stages = metadata["VersionIdsToStages"][token]
    if "AWSCURRENT" in stages:
        return
    if "AWSPENDING" not in stages:
        raise ValueError("not pending")
    STEPS[step](client, arn, token)


def create(client, arn, token):
    current = _read(client, arn, VersionStage="AWSCURRENT")
    try:
        _read(client, arn, VersionId=token, VersionStage="AWSPENDING")
    except client.exceptions.ResourceNotFoundException:
        excluded = os.environ.get("EXCLUDE_CHARACTERS", "/@\"'\\")
        made = client.get_random_password(ExcludeCharacters=excluded)["RandomPassword"]
        client.put_secret_value(
            SecretId=arn,
            ClientRequestToken=token,
            SecretString=json.dumps({**current, "password": made}),
            VersionStages=["AWSPENDING"],
        )


def put(client, arn, token):
    pending = _read(client, arn, VersionId=token, VersionStage="AWSPENDING")
    Path(os.environ["PLACE"]).write_text(pending["password"])


def test(client, arn, token):
    pending = _read(client, arn, VersionId=token, VersionStage="AWSPENDING")
    if Path(os.environ["PLACE"]).read_text() != pending["password"]:
        raise ValueError("another password")


def finish(client, arn, token):
    versions = client.describe_secret(SecretId=arn)["VersionIdsToStages"]
    current = next(each for each, stages in versions.items() if "AWSCURRENT" in stages)
    client.update_secret_version_stage(
        SecretId=arn,
        VersionStage="AWSCURRENT",
        MoveToVersionId=token,
        RemoveFromVersionId=current,
    )


def _read(client, arn, **version):
    return json.loads(client.get_secret_value(SecretId=arn, **version)["SecretString"])


STEPS = {"createSecret": create, "setSecret": put, "testSecret": test, "finishSecret": finish}
