"""A worker that dies by SIGKILL before and after each step of a rotation, while others read."""

import json
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aws_secretsmanager_caching import SecretCache, SecretCacheConfig

from tests.contract.test_rotation_functions import CODE, HANDLER, MAY, TRUST
from tests.support.server import PROJECT

pytestmark = pytest.mark.sqlite_only  # the server brings its own database

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
MOMENTS = {f"{when}-{step}" for step in STEPS for when in ("before", "after")}


@pytest.fixture
def code(tmp_path) -> Path:
    folder = tmp_path / "code"
    shutil.copytree(Path(__file__).with_name("dying_handler"), folder)
    shutil.copy(CODE / "lambda_function.py", folder / "rotating.py")
    return folder


@pytest.fixture
def function(server, code, tmp_path) -> str:
    """Its ARN. What has the password is the file `password`, and `killed` tells when it killed."""
    iam = server.client("iam")
    iam.create_role(RoleName="dying", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(RoleName="dying", PolicyName="may", PolicyDocument=json.dumps(MAY))
    (tmp_path / "killed").mkdir()
    (tmp_path / "password").write_text("first")
    words = ["--name", "dying", "--python", str(code), "--handler", HANDLER, "--role", "dying"]
    words += ["--env", f"KILLED={tmp_path / 'killed'}", "--env", f"PLACE={tmp_path / 'password'}"]
    told: str = server.manage("rotation_functions", "add", *words)
    return told.splitlines()[0]


def work(server) -> int:
    """What a worker does that finds the claims of dead ones to be over; how it ended."""
    over = (datetime.now(UTC) - timedelta(seconds=1)).strftime("%Y-%m-%d %H:%M:%S")
    with server.database() as database:
        database.execute("UPDATE rotation_rotation SET claimed_until = ? WHERE claim != ''", [over])
        database.commit()
    worker = [sys.executable, "manage.py", "worker", "--once"]
    return subprocess.run(worker, cwd=PROJECT, env=server.environment(), timeout=60).returncode


class Reader(threading.Thread):
    """Reads the secret through AWS's cache, again and again: `seen` are its passwords."""

    def __init__(self, server) -> None:
        super().__init__(daemon=True)
        config = SecretCacheConfig(secret_refresh_interval=1)
        self._cache = SecretCache(config, server.client("secretsmanager"))
        self._ending = threading.Event()
        self.seen: set[str] = set()
        self.failed: list[Exception] = []

    def run(self) -> None:
        while not self._ending.wait(0.05):
            try:
                self.seen.add(json.loads(self._cache.get_secret_string("dying"))["password"])
            except Exception as error:
                self.failed.append(error)

    def stop(self) -> None:
        self._ending.set()
        self.join()


def test_a_rotation_outlives_its_workers_at_every_boundary(server, function, tmp_path):
    client = server.client("secretsmanager")
    first = json.dumps({"username": "app", "password": "first"})
    client.create_secret(Name="dying", SecretString=first)
    reader = Reader(server)
    reader.start()
    version = client.rotate_secret(SecretId="dying", RotationLambdaARN=function)["VersionId"]

    ends = [work(server) for _ in range(len(MOMENTS) + 1)]
    current = json.loads(client.get_secret_value(SecretId="dying")["SecretString"])
    while current["password"] not in reader.seen and not reader.failed:
        reader.join(0.05)
    reader.stop()

    assert {each.name for each in (tmp_path / "killed").iterdir()} == MOMENTS
    assert ends == [-9] * len(MOMENTS) + [0]
    stages = client.describe_secret(SecretId="dying")["VersionIdsToStages"]
    assert set(stages.pop(version)) == {"AWSCURRENT", "AWSPENDING"}
    assert list(stages.values()) == [["AWSPREVIOUS"]]
    assert current == {"username": "app", "password": (tmp_path / "password").read_text()}
    assert (reader.failed, reader.seen) == ([], {"first", current["password"]})
    assert told(server) == ["RotationSucceeded", "RotationStarted"]


def told(server) -> list[str]:
    """What the service recorded of its own accord of this secret's rotation, newest first."""
    arn = server.client("secretsmanager").describe_secret(SecretId="dying")["ARN"]
    named = {"AttributeKey": "ResourceName", "AttributeValue": arn}
    pages = server.client("cloudtrail").get_paginator("lookup_events")
    events = [each for page in pages.paginate(LookupAttributes=[named]) for each in page["Events"]]
    return [each["EventName"] for each in events if each["EventName"].startswith("Rotation")]
