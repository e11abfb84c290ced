"""Custom key stores through boto3, against a running server of two processes and a token."""

import json
import threading
import time

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from crypto.cryptoki import RETRY_SECONDS
from tests.support import softhsm
from tests.support.server import Strongroom
from tests.support.softhsm import MODULE, PIN, SoftHsm

pytestmark = [softhsm.needed, pytest.mark.sqlite_only]  # the server brings its own database

CLUSTER, OTHER, LABEL = "cluster-234567abcde", "cluster-other2other", "strongroom"
ONCE = Config(retries={"max_attempts": 0})
THREADS = 8


@pytest.fixture(scope="module")
def hsm(tmp_path_factory):
    made = SoftHsm(tmp_path_factory.mktemp("hsm"))
    for label in (LABEL, "other"):
        made.make_token(label)
    return made


@pytest.fixture(scope="module")
def server(tmp_path_factory, hsm):
    clusters = {
        CLUSTER: {"module": MODULE, "token": LABEL},
        OTHER: {"module": MODULE, "token": "other"},
    }
    running = Strongroom(
        tmp_path_factory.mktemp("server") / "home",
        STRONGROOM_HSM_CLUSTERS=json.dumps(clusters),
        **hsm.environment,
    )
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def kms(server):
    return server.client("kms", config=ONCE)


def make_store(kms, name, cluster, pin=PIN):
    return kms.create_custom_key_store(
        CustomKeyStoreName=name,
        CloudHsmClusterId=cluster,
        TrustAnchorCertificate="none",
        KeyStorePassword=pin,
    )["CustomKeyStoreId"]


@pytest.fixture(scope="module")
def store(kms):
    """A store that is connected."""
    made = make_store(kms, "hsm", CLUSTER)
    kms.connect_custom_key_store(CustomKeyStoreId=made)
    return made


@pytest.fixture
def key(kms, store):
    made = kms.create_key(Origin="AWS_CLOUDHSM", CustomKeyStoreId=store)
    return made["KeyMetadata"]["KeyId"]


def code_of(call, **given):
    with pytest.raises(ClientError) as raised:
        call(**given)
    return raised.value.response["Error"]["Code"]


def told(kms, store):
    (entry,) = kms.describe_custom_key_stores(CustomKeyStoreId=store)["CustomKeyStores"]
    return entry


def test_a_stores_life_from_first_to_last(kms):
    store = make_store(kms, "life", OTHER, "not the PIN")
    assert told(kms, store)["ConnectionState"] == "DISCONNECTED"
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    failed = told(kms, store)
    assert (failed["ConnectionState"], failed["ConnectionErrorCode"]) == (
        "FAILED",
        "INVALID_CREDENTIALS",
    )

    kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    kms.update_custom_key_store(
        CustomKeyStoreId=store, KeyStorePassword=PIN, NewCustomKeyStoreName="lived"
    )
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    connected = told(kms, store)
    assert connected["ConnectionState"] == "CONNECTED"
    assert connected["CustomKeyStoreName"] == "lived"
    assert connected["CloudHsmClusterId"] == OTHER
    assert "ConnectionErrorCode" not in connected

    asked = {"CustomKeyStoreId": store}
    assert code_of(kms.delete_custom_key_store, **asked) == "CustomKeyStoreInvalidStateException"
    kms.disconnect_custom_key_store(**asked)
    kms.delete_custom_key_store(**asked)
    assert code_of(kms.connect_custom_key_store, **asked) == "CustomKeyStoreNotFoundException"


def test_stores_are_paged_by_boto3(kms, store):
    pages = kms.get_paginator("describe_custom_key_stores").paginate()

    ids = [each["CustomKeyStoreId"] for page in pages for each in page["CustomKeyStores"]]
    assert store in ids


def test_a_key_is_used_through_every_operation(kms, hsm, store, key):
    assert key in hsm.keys(LABEL)
    described = kms.describe_key(KeyId=key)["KeyMetadata"]
    assert (described["Origin"], described["CustomKeyStoreId"]) == ("AWS_CLOUDHSM", store)
    assert "CurrentKeyMaterialId" not in described

    context = {"a": "b"}
    blob = kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=context)["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)["Plaintext"] == b"x"
    assert code_of(kms.decrypt, CiphertextBlob=blob) == "InvalidCiphertextException"
    made = kms.generate_data_key(KeyId=key, KeySpec="AES_256")
    assert kms.decrypt(CiphertextBlob=made["CiphertextBlob"])["Plaintext"] == made["Plaintext"]
    assert kms.generate_data_key_without_plaintext(KeyId=key, KeySpec="AES_128")
    software = kms.create_key()["KeyMetadata"]["KeyId"]
    moved = kms.re_encrypt(CiphertextBlob=made["CiphertextBlob"], DestinationKeyId=software)
    assert kms.decrypt(CiphertextBlob=moved["CiphertextBlob"])["Plaintext"] == made["Plaintext"]
    assert len(kms.generate_random(NumberOfBytes=7, CustomKeyStoreId=store)["Plaintext"]) == 7


def test_both_processes_use_the_token(server, store, key):
    """Each client keeps a connection of its own, which the processes share out among them."""

    def work(number):
        kms = server.client("kms", config=ONCE)
        blob = kms.encrypt(KeyId=key, Plaintext=b"%d" % number)["CiphertextBlob"]
        blobs.append((number, blob))

    blobs = []
    in_threads([lambda number=number: work(number) for number in range(16)])
    opened = server.client("kms")
    for number, blob in blobs:
        assert opened.decrypt(CiphertextBlob=blob)["Plaintext"] == b"%d" % number
    assert len(blobs) == 16


def test_a_token_that_is_taken_away_under_load_is_refused_and_serves_again(server, hsm, key):
    """Refusals and right answers, never a wrong one; and all by itself when it is back."""
    ending, outcomes = threading.Event(), []

    def work(kms):
        while not ending.is_set():
            began = time.monotonic()
            outcomes.append((began, outcome(kms, key)))

    def went_on():
        """What many calls came to that began from now on."""
        now, found = time.monotonic(), []
        while len(found) < 10 * THREADS:
            time.sleep(0.05)
            found = [each for began, each in list(outcomes) if began > now]
        return set(found)

    clients = [server.client("kms", config=ONCE) for _ in range(THREADS)]
    threads = [threading.Thread(target=work, args=(kms,)) for kms in clients]
    for thread in threads:
        thread.start()
    before = went_on()
    hsm.take_away()
    away = went_on()
    hsm.bring_back()
    time.sleep(2 * RETRY_SECONDS)
    after = went_on()
    ending.set()
    for thread in threads:
        thread.join()

    assert (before, away, after) == ({"right"}, {"KMSInvalidStateException"}, {"right"})
    assert {each for _, each in outcomes} == {"right", "KMSInvalidStateException"}


def outcome(kms, key):
    try:
        blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
        return "right" if kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x" else "wrong"
    except ClientError as error:
        return error.response["Error"]["Code"]


def test_nothing_shows_a_pin(server, kms):
    make_store(kms, "shown", OTHER, "Xyzzy-4711")

    assert b"Xyzzy-4711" not in server.log()
    with server.database() as database:
        assert "Xyzzy-4711" not in "\n".join(database.iterdump())


def in_threads(works):
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
