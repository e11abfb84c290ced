"""Two servers: one holds the keys of an external key store that the other one has."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from kms_project.operations import OPERATIONS
from tests.support.server import Strongroom

pytestmark = pytest.mark.sqlite_only  # the servers bring their own databases

ENDPOINT = "https://holder.example"


@dataclass
class Pair:
    """`holder` keeps the keys, `owner` uses them; `configuration`: as the holder prints it."""

    holder: Strongroom
    owner: Strongroom
    configuration: dict[str, Any]


@pytest.fixture(scope="module")
def pair(tmp_path_factory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("two")
    holder = Strongroom(folder / "holder")
    holder.start()
    place = json.dumps({ENDPOINT: holder.url})
    # patient: both, and the tests, share a machine
    owner = Strongroom(
        folder / "owner", STRONGROOM_XKS_ENDPOINTS=place, STRONGROOM_XKS_TIMEOUT_MS="5000"
    )
    owner.manage("bootstrap")  # with keys of its own
    owner.start()
    told = holder.manage("xks_proxy", "create", "--user", "administrator")
    yield Pair(holder, owner, json.loads(told))
    owner.stop()
    holder.stop()


@pytest.fixture(scope="module")
def store(pair) -> str:
    """The id of the owner's store, which is connected to the holder."""
    kms = pair.owner.client("kms")
    made: str = kms.create_custom_key_store(
        CustomKeyStoreName="held elsewhere",
        CustomKeyStoreType="EXTERNAL_KEY_STORE",
        XksProxyConnectivity="PUBLIC_ENDPOINT",
        XksProxyUriEndpoint=ENDPOINT,
        **pair.configuration,
    )["CustomKeyStoreId"]
    kms.connect_custom_key_store(CustomKeyStoreId=made)
    return made


def new_key(pair, store) -> tuple[str, str]:
    """A key of the owner's, and the holder's behind it."""
    held = pair.holder.client("kms").create_key()["KeyMetadata"]["KeyId"]
    made = pair.owner.client("kms").create_key(
        Origin="EXTERNAL_KEY_STORE", CustomKeyStoreId=store, XksKeyId=held
    )["KeyMetadata"]
    assert made["XksKeyConfiguration"] == {"Id": held}
    return made["KeyId"], held


def refusal(call, **given):
    with pytest.raises(ClientError) as raised:
        call(**given)
    return raised.value.response["Error"]["Code"]


def test_the_store_is_connected(pair, store):
    (told,) = pair.owner.client("kms").describe_custom_key_stores()["CustomKeyStores"]

    assert told["ConnectionState"] == "CONNECTED"
    configuration = told["XksProxyConfiguration"]
    assert configuration["UriPath"] == pair.configuration["XksProxyUriPath"]
    credential = pair.configuration["XksProxyAuthenticationCredential"]
    assert configuration["AccessKeyId"] == credential["AccessKeyId"]
    assert credential["RawSecretAccessKey"] not in json.dumps(told, default=str)


def test_what_one_encrypts_takes_both_to_decrypt(pair, store):
    kms = pair.owner.client("kms")
    key, _ = new_key(pair, store)
    context = {"app": "tests", "ünïcode": "✓" * 1000}

    made = kms.encrypt(KeyId=key, Plaintext=bytes(4096), EncryptionContext=context)
    blob = made["CiphertextBlob"]

    assert len(blob) <= 6144
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)["Plaintext"] == bytes(4096)
    assert refusal(kms.decrypt, CiphertextBlob=blob) == "KMSInvalidStateException"
    data = kms.generate_data_key(KeyId=key, KeySpec="AES_256")
    again = kms.re_encrypt(CiphertextBlob=data["CiphertextBlob"], DestinationKeyId=key)
    assert kms.decrypt(CiphertextBlob=again["CiphertextBlob"])["Plaintext"] == data["Plaintext"]


def test_the_holder_decides_too(pair, store):
    kms, holder = pair.owner.client("kms"), pair.holder.client("kms")
    key, held = new_key(pair, store)
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]

    holder.disable_key(KeyId=held)
    assert refusal(kms.decrypt, CiphertextBlob=blob) == "KMSInvalidStateException"
    holder.enable_key(KeyId=held)

    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


def test_the_holders_trail_names_the_owners_request(pair, store):
    kms = pair.owner.client("kms")
    key, _ = new_key(pair, store)
    request = kms.encrypt(KeyId=key, Plaintext=b"x")["ResponseMetadata"]["RequestId"]

    trail = pair.holder.client("cloudtrail")
    events = trail.lookup_events(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "Encrypt"}]
    )["Events"]

    told = [json.loads(event["CloudTrailEvent"])["requestParameters"] for event in events]
    (about,) = [
        each["requestMetadata"]
        for each in told
        if each["requestMetadata"]["kmsRequestId"] == request
    ]
    assert about["kmsOperation"] == "Encrypt"
    assert about["kmsKeyArn"].endswith(f"key/{key}")
    assert about["awsPrincipalArn"].endswith(":user/administrator")


@pytest.mark.skipif(
    "kms:RotateKeyOnDemand" not in OPERATIONS, reason="there is no rotation on demand"
)
def test_the_holder_rotates_its_key_and_the_owner_need_not_know(pair, store):
    kms, holder = pair.owner.client("kms"), pair.holder.client("kms")
    key, held = new_key(pair, store)
    before = kms.encrypt(KeyId=key, Plaintext=b"before")["CiphertextBlob"]
    holder.rotate_key_on_demand(KeyId=held)
    after = kms.encrypt(KeyId=key, Plaintext=b"after")["CiphertextBlob"]

    assert kms.decrypt(CiphertextBlob=before)["Plaintext"] == b"before"
    assert kms.decrypt(CiphertextBlob=after)["Plaintext"] == b"after"


def test_credentials_are_exchanged_without_a_pause(pair, store):
    kms = pair.owner.client("kms")
    key, _ = new_key(pair, store)
    prefix = pair.configuration["XksProxyUriPath"].split("/")[1]
    old = pair.configuration["XksProxyAuthenticationCredential"]["AccessKeyId"]
    new = json.loads(pair.holder.manage("xks_proxy", "new-credential", prefix))

    kms.update_custom_key_store(
        CustomKeyStoreId=store,
        XksProxyAuthenticationCredential=new["XksProxyAuthenticationCredential"],
    )
    pair.holder.manage("xks_proxy", "delete-credential", prefix, old)

    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


def test_without_the_holder_nothing_works_and_with_it_all_does_again(pair, store):
    kms = pair.owner.client("kms")
    key, _ = new_key(pair, store)
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]

    pair.holder.stop()
    assert refusal(kms.decrypt, CiphertextBlob=blob) == "KMSInvalidStateException"
    assert refusal(kms.encrypt, KeyId=key, Plaintext=b"x") == "KMSInvalidStateException"
    pair.holder.start()

    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


def test_both_trails_hold(pair, store):
    for server in (pair.holder, pair.owner):
        server.manage("audit_verify")
