"""SIGKILL while keys are made in a token: nothing is half-made that anybody could use."""

import json
import random
import threading
import time

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.support import softhsm
from tests.support.server import Strongroom
from tests.support.softhsm import MODULE, PIN, SoftHsm

pytestmark = [softhsm.needed, pytest.mark.sqlite_only]  # the server brings its own database

CLUSTER, LABEL = "cluster-234567abcde", "strongroom"
KILLS, CLIENTS = 3, 4


@pytest.fixture
def hsm(tmp_path):
    made = SoftHsm(tmp_path / "hsm")
    made.make_token(LABEL)
    return made


@pytest.fixture
def server(tmp_path, hsm):
    clusters = {CLUSTER: {"module": MODULE, "token": LABEL}}
    running = Strongroom(
        tmp_path / "home", STRONGROOM_HSM_CLUSTERS=json.dumps(clusters), **hsm.environment
    )
    running.start()
    yield running
    running.stop()


def make_keys_until_killed(server, store, made):
    once = Config(retries={"max_attempts": 0}, connect_timeout=5, read_timeout=20)

    def work(kms):
        while True:
            try:
                answer = kms.create_key(Origin="AWS_CLOUDHSM", CustomKeyStoreId=store)
            except (BotoCoreError, ClientError):
                return
            made.append(answer["KeyMetadata"]["KeyId"])

    clients = [server.client("kms", config=once) for _ in range(CLIENTS)]
    threads = [threading.Thread(target=work, args=(kms,)) for kms in clients]
    before = len(made)
    for thread in threads:
        thread.start()
    while len(made) < before + CLIENTS:
        time.sleep(0.01)
    time.sleep(random.uniform(0, 0.3))
    server.kill()
    for thread in threads:
        thread.join(30)


def test_a_kill_leaves_at_most_keys_in_the_token_that_nobody_knows_of(server, hsm):
    kms = server.client("kms")
    store = kms.create_custom_key_store(
        CustomKeyStoreName="hsm",
        CloudHsmClusterId=CLUSTER,
        TrustAnchorCertificate="none",
        KeyStorePassword=PIN,
    )["CustomKeyStoreId"]
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    made = []

    for _ in range(KILLS):
        make_keys_until_killed(server, store, made)
        server.start()

    kms = server.client("kms")
    known = [
        key["KeyId"] for page in kms.get_paginator("list_keys").paginate() for key in page["Keys"]
    ]
    assert set(made) <= set(known)
    for key in known:  # without anybody having connected the store again
        blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
        assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    in_token = hsm.keys(LABEL)
    assert set(known) <= set(in_token)
    assert len(in_token) == len(set(in_token))
    assert len(set(in_token) - set(known)) <= KILLS * CLIENTS
