"""SIGKILL under load: every answered call has its record, the chain holds, nothing is half-made."""

import json
import random
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.support.server import Strongroom

KILLS = 20
CLIENTS = 6
MOST_SECONDS = 0.4  # of load before a kill

pytestmark = pytest.mark.sqlite_only  # the server brings its own database


class Load:
    """Clients that encrypt, make keys and name them until the server dies; what was answered."""

    def __init__(self, server: Strongroom, key_id: str) -> None:
        self.server, self.key_id = server, key_id
        self.answered: list[str] = []
        self.made: list[str] = []
        self.aliases: list[str] = []
        self.failed: list[str] = []

    def run_until_killed(self) -> None:
        once = Config(retries={"max_attempts": 0}, connect_timeout=5, read_timeout=20)
        clients = [self.server.client("kms", config=once) for _ in range(CLIENTS)]
        threads = [threading.Thread(target=self._work, args=each) for each in enumerate(clients)]
        for thread in threads:
            thread.start()
        self._wait_until_it_answers()
        time.sleep(random.uniform(0, MOST_SECONDS))
        self.server.kill()
        for thread in threads:
            thread.join(timeout=30)

    def _wait_until_it_answers(self) -> None:
        end = time.monotonic() + 30
        while len(self.answered) < CLIENTS and time.monotonic() < end:
            time.sleep(0.01)

    def _work(self, number: int, kms) -> None:
        work = [self._encrypt, self._encrypt, self._create][number % 3]
        while True:
            try:
                work(kms)
            except ClientError as error:
                self.failed.append(error.response["Error"]["Code"])
            except BotoCoreError:
                return  # the server is gone

    def _encrypt(self, kms) -> None:
        answer = kms.encrypt(KeyId=self.key_id, Plaintext=b"x")
        self.answered.append(answer["ResponseMetadata"]["RequestId"])

    def _create(self, kms) -> None:
        answer = kms.create_key()
        self.answered.append(answer["ResponseMetadata"]["RequestId"])
        self.made.append(answer["KeyMetadata"]["KeyId"])
        name = f"alias/{uuid.uuid4()}"
        answer = kms.create_alias(AliasName=name, TargetKeyId=self.made[-1])
        self.answered.append(answer["ResponseMetadata"]["RequestId"])
        self.aliases.append(name)


def recorded_request_ids(server: Strongroom) -> set[str]:
    """The request ids of every record in the database, read as an auditor would, with SQL."""
    with server.database() as database:
        bodies = database.execute("SELECT body FROM audit_record").fetchall()
    return {json.loads(body)["requestID"] for (body,) in bodies}


def verify(server: Strongroom) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", "audit_verify"],
        env=server.environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )


def walk(page: Callable[..., dict], member: str) -> list[dict]:
    items: list[dict] = []
    marker: dict = {}
    while True:
        answer = page(**marker)
        items += answer[member]
        if not answer["Truncated"]:
            return items
        marker = {"Marker": answer["NextMarker"]}


def test_nothing_answered_is_lost_and_nothing_is_half_made(tmp_path):
    server = Strongroom(tmp_path / "home")
    server.start()
    key_id = server.client("kms").create_key()["KeyMetadata"]["KeyId"]
    answered: set[str] = set()
    made: set[str] = set()
    aliases: set[str] = set()
    try:
        for _ in range(KILLS):
            load = Load(server, key_id)
            load.run_until_killed()
            assert load.failed == []
            assert load.answered, "the load did nothing before the kill"
            answered.update(load.answered)
            made.update(load.made)
            aliases.update(load.aliases)
            server.start()

        assert answered <= recorded_request_ids(server)
        verified = verify(server)
        assert verified.returncode == 0, verified.stdout + verified.stderr

        kms = server.client("kms")
        keys = {key["KeyId"] for key in walk(kms.list_keys, "Keys")}
        assert made <= keys
        assert aliases <= {alias["AliasName"] for alias in walk(kms.list_aliases, "Aliases")}
        for each in keys:  # a key without its material or its policy would be half-made
            blob = kms.encrypt(KeyId=each, Plaintext=b"whole")["CiphertextBlob"]
            assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"whole"
            assert kms.get_key_policy(KeyId=each)["Policy"]
    finally:
        server.stop()
