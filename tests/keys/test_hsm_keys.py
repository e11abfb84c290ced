"""Keys whose material is in a token, against SoftHSM2: made, used, deleted; the token away."""

import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pkcs11 import Mechanism

from crypto import cryptoki
from crypto.errors import TokenFault, TokenUnavailable
from crypto.software import SoftwareProvider
from keys import due, duties
from keys.models import Key, KeyStore, Material
from keys.operations import create_key
from keys.stores import cloudhsm
from kms_project.operations import OPERATIONS
from service import wire
from service.call import call
from service.errors import Unavailable
from tests.audit.making import bodies
from tests.keys.using import arn, refused
from tests.support import softhsm
from tests.support.softhsm import MODULE, PIN, SoftHsm

pytestmark = [pytest.mark.django_db, softhsm.needed]

CLUSTER, LABEL = "cluster-234567abcde", "strongroom"
IN_STORE = {"Origin": "AWS_CLOUDHSM"}


@pytest.fixture
def hsm(tmp_path, monkeypatch, settings):
    made = SoftHsm(tmp_path / "hsm")
    made.make_token(LABEL)
    made.enter(monkeypatch)
    clusters = {CLUSTER: {"module": MODULE, "token": LABEL}}
    settings.STRONGROOM_HSM_CLUSTERS = json.dumps(clusters)
    return made


def make_store(kms, pin=PIN) -> str:
    made: str = kms(
        "CreateCustomKeyStore",
        CustomKeyStoreName="hsm",
        CloudHsmClusterId=CLUSTER,
        TrustAnchorCertificate="none",
        KeyStorePassword=pin,
    ).custom_key_store_id
    return made


@pytest.fixture
def store(hsm, kms) -> str:
    """The id of a store that is connected."""
    made = make_store(kms)
    kms("ConnectCustomKeyStore", CustomKeyStoreId=made)
    return made


@pytest.fixture
def hsm_key(kms, store) -> str:
    made: str = kms.create(**IN_STORE, CustomKeyStoreId=store).key_id
    return made


@pytest.fixture(autouse=True)
def _no_software(monkeypatch):
    """Nothing of these tests is done in software."""

    def refuse(self, *given):
        raise AssertionError("a key of a token was used in software")

    monkeypatch.setattr(SoftwareProvider, "encrypting", refuse)
    monkeypatch.setattr(SoftwareProvider, "generate", refuse)


def told(kms) -> tuple[str, str | None]:
    (told,) = kms("DescribeCustomKeyStores").custom_key_stores
    return told.connection_state, told.connection_error_code


# -- connecting


def test_a_store_connects(kms, store):
    assert told(kms) == ("CONNECTED", None)
    kms("ConnectCustomKeyStore", CustomKeyStoreId=store)
    assert told(kms) == ("CONNECTED", None)


def test_a_wrong_pin_fails_and_can_be_set_right(hsm, kms):
    store = make_store(kms, "not the PIN")
    kms("ConnectCustomKeyStore", CustomKeyStoreId=store)
    assert told(kms) == ("FAILED", "INVALID_CREDENTIALS")

    with refused("CustomKeyStoreInvalidStateException"):
        kms("ConnectCustomKeyStore", CustomKeyStoreId=store)
    kms("DisconnectCustomKeyStore", CustomKeyStoreId=store)
    kms("UpdateCustomKeyStore", CustomKeyStoreId=store, KeyStorePassword=PIN)
    kms("ConnectCustomKeyStore", CustomKeyStoreId=store)

    assert told(kms) == ("CONNECTED", None)
    assert kms.create(**IN_STORE, CustomKeyStoreId=store)


def test_a_token_that_is_away_cannot_be_connected(hsm, kms):
    store = make_store(kms)
    hsm.take_away()
    kms("ConnectCustomKeyStore", CustomKeyStoreId=store)

    assert told(kms) == ("FAILED", "INSUFFICIENT_CLOUDHSM_HSMS")


def test_an_hsm_that_does_not_start_is_a_network_error(hsm, kms, monkeypatch):
    store = make_store(kms)
    monkeypatch.setenv("SOFTHSM2_CONF", "/nowhere/softhsm2.conf")
    kms("ConnectCustomKeyStore", CustomKeyStoreId=store)

    assert told(kms) == ("FAILED", "NETWORK_ERRORS")


def test_a_token_that_is_not_up_to_it_is_not_connected(hsm, kms, monkeypatch):
    store = make_store(kms)
    monkeypatch.setattr("crypto.hsm.MECHANISMS", frozenset({Mechanism.SEED_KEY_GEN}))
    with refused("CloudHsmClusterInvalidConfigurationException"):
        kms("ConnectCustomKeyStore", CustomKeyStoreId=store)

    assert told(kms) == ("DISCONNECTED", None)


# -- keys


def test_a_key_is_made_in_the_token_and_told_of(kms, hsm, store, hsm_key):
    told = wire.encode(kms("DescribeKey", KeyId=hsm_key).key_metadata)

    assert hsm.keys(LABEL) == [hsm_key]
    assert told.pop("CreationDate")
    assert told == {
        "AWSAccountId": told["AWSAccountId"],
        "KeyId": hsm_key,
        "Arn": arn(hsm_key),
        "Enabled": True,
        "Description": "",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": "Enabled",
        "Origin": "AWS_CLOUDHSM",
        "CustomKeyStoreId": store,
        "CloudHsmClusterId": CLUSTER,
        "KeyManager": "CUSTOMER",
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "MultiRegion": False,
    }
    assert hsm_key in {each.key_id for each in kms("ListKeys").keys}


def test_what_it_encrypts_it_decrypts(kms, hsm_key):
    context = {"order": "17"}
    made = kms("Encrypt", KeyId=hsm_key, Plaintext=b"x" * 4096, EncryptionContext=context)
    opened = kms("Decrypt", CiphertextBlob=made.ciphertext_blob, EncryptionContext=context)

    assert opened.plaintext == b"x" * 4096
    assert opened.key_id == arn(hsm_key)
    assert len(opened.key_material_id) == 64
    for altered in (made.ciphertext_blob[:-1], made.ciphertext_blob[:-1] + b"\0"):
        with refused("InvalidCiphertextException"):
            kms("Decrypt", CiphertextBlob=altered, EncryptionContext=context)
    with refused("InvalidCiphertextException"):
        kms("Decrypt", CiphertextBlob=made.ciphertext_blob)


def test_a_data_key_is_the_tokens(kms, hsm_key, monkeypatch):
    given = iter([b"\x11" * 32])
    monkeypatch.setattr("crypto.hsm.HsmProvider.random", lambda self, count: next(given))
    made = kms("GenerateDataKey", KeyId=hsm_key, KeySpec="AES_256")

    assert made.plaintext == b"\x11" * 32
    assert kms("Decrypt", CiphertextBlob=made.ciphertext_blob).plaintext == made.plaintext


def test_re_encryption_goes_from_one_key_to_another(kms, store, hsm_key):
    other = kms.create(**IN_STORE, CustomKeyStoreId=store).key_id
    blob = kms("Encrypt", KeyId=hsm_key, Plaintext=b"x").ciphertext_blob

    moved = kms("ReEncrypt", CiphertextBlob=blob, DestinationKeyId=other)

    opened = kms("Decrypt", CiphertextBlob=moved.ciphertext_blob)
    assert (opened.key_id, opened.plaintext) == (arn(other), b"x")


def test_random_bytes_come_from_the_store(kms, store):
    made = kms("GenerateRandom", NumberOfBytes=1024, CustomKeyStoreId=store).plaintext

    assert len(made) == 1024
    assert made != kms("GenerateRandom", NumberOfBytes=1024, CustomKeyStoreId=store).plaintext


def test_a_store_with_keys_is_not_deleted(kms, store, hsm_key):
    kms("DisconnectCustomKeyStore", CustomKeyStoreId=store)

    with refused("CustomKeyStoreHasCMKsException"):
        kms("DeleteCustomKeyStore", CustomKeyStoreId=store)


@pytest.mark.django_db(transaction=True)
def test_a_remembered_key_costs_no_query(kms, hsm_key):
    blob = kms("Encrypt", KeyId=hsm_key, Plaintext=b"x").ciphertext_blob
    for use, params in (
        ("Encrypt", {"KeyId": hsm_key, "Plaintext": b"x"}),
        ("Decrypt", {"CiphertextBlob": blob}),
        ("GenerateDataKey", {"KeyId": hsm_key, "KeySpec": "AES_256"}),
    ):
        caller = kms.caller()
        with CaptureQueriesContext(connection) as queries:
            call(caller, OPERATIONS[f"kms:{use}"], params)
        asked = " ".join(each["sql"] for each in queries)
        assert "keys_" not in asked
        assert "sealing_" not in asked


# -- while it cannot be used


def test_keys_of_a_disconnected_store_are_unavailable(kms, store, hsm_key):
    blob = kms("Encrypt", KeyId=hsm_key, Plaintext=b"x").ciphertext_blob
    kms("DisconnectCustomKeyStore", CustomKeyStoreId=store)

    assert kms.state(hsm_key) == "Unavailable"
    for use, params in (
        ("Encrypt", {"KeyId": hsm_key, "Plaintext": b"x"}),
        ("Decrypt", {"CiphertextBlob": blob}),
        ("GenerateDataKey", {"KeyId": hsm_key, "KeySpec": "AES_256"}),
    ):
        with refused("KMSInvalidStateException", f"{arn(hsm_key)} is unavailable."):
            kms(use, **params)
    kms("DisableKey", KeyId=hsm_key)
    assert kms.state(hsm_key) == "Unavailable"
    kms("EnableKey", KeyId=hsm_key)

    kms("ConnectCustomKeyStore", CustomKeyStoreId=store)
    assert kms.state(hsm_key) == "Enabled"
    assert kms("Decrypt", CiphertextBlob=blob).plaintext == b"x"


def test_a_token_that_went_away_is_refused_and_serves_again_when_it_is_back(kms, hsm, hsm_key):
    blob = kms("Encrypt", KeyId=hsm_key, Plaintext=b"x").ciphertext_blob
    store = KeyStore.objects.get().store_id
    uses = (
        ("Encrypt", {"KeyId": hsm_key, "Plaintext": b"x"}),
        ("Decrypt", {"CiphertextBlob": blob}),
        ("GenerateDataKey", {"KeyId": hsm_key, "KeySpec": "AES_256"}),
        ("GenerateDataKeyWithoutPlaintext", {"KeyId": hsm_key, "KeySpec": "AES_256"}),
        ("ReEncrypt", {"CiphertextBlob": blob, "DestinationKeyId": hsm_key}),
    )
    hsm.take_away()
    message = (
        f"{arn(hsm_key)} cannot be used: its custom key store {store} does not answer (NO_TOKEN)."
    )
    for use, params in uses:
        with refused("KMSInvalidStateException", message):
            kms(use, **params)
    with refused("KMSInternalException"):
        kms("GenerateRandom", NumberOfBytes=8, CustomKeyStoreId=store)
    with refused("CloudHsmClusterInvalidConfigurationException"):
        kms.create(**IN_STORE, CustomKeyStoreId=store)
    assert (kms.state(hsm_key), *told(kms)) == ("Enabled", "CONNECTED", None)

    hsm.bring_back()
    for use, params in uses:
        kms(use, **params)


def test_a_data_key_of_a_token_that_makes_no_random_bytes_is_refused(kms, hsm_key, monkeypatch):
    def away(self, count):
        raise TokenUnavailable(TokenFault.OTHER, "away")

    monkeypatch.setattr("crypto.hsm.HsmProvider.random", away)
    with refused("KMSInvalidStateException"):
        kms("GenerateDataKey", KeyId=hsm_key, KeySpec="AES_256")


def test_a_pin_that_was_changed_in_the_token_is_to_be_changed_here_too(kms, hsm, store, hsm_key):
    hsm.change_pin(LABEL, PIN, "another PIN")
    kms("Encrypt", KeyId=hsm_key, Plaintext=b"x")  # who is logged in stays so

    cryptoki.module(MODULE).doubt()  # until the token was away
    for _ in range(20):  # more often than a token lets anyone try
        with refused("KMSInvalidStateException"):
            kms("Encrypt", KeyId=hsm_key, Plaintext=b"x")

    kms("DisconnectCustomKeyStore", CustomKeyStoreId=store)
    kms("UpdateCustomKeyStore", CustomKeyStoreId=store, KeyStorePassword="another PIN")
    kms("ConnectCustomKeyStore", CustomKeyStoreId=store)
    kms("Encrypt", KeyId=hsm_key, Plaintext=b"x")


def test_a_pin_that_was_set_right_in_the_token_counts_once_the_store_is_connected_again(
    kms, hsm, store, hsm_key
):
    hsm.change_pin(LABEL, PIN, "another PIN")
    cryptoki.module(MODULE).doubt()
    with refused("KMSInvalidStateException"):
        kms("Encrypt", KeyId=hsm_key, Plaintext=b"x")
    hsm.change_pin(LABEL, "another PIN", PIN)

    kms("DisconnectCustomKeyStore", CustomKeyStoreId=store)
    kms("ConnectCustomKeyStore", CustomKeyStoreId=store)

    kms("Encrypt", KeyId=hsm_key, Plaintext=b"x")


def test_many_who_come_first_share_a_token_for_each_would_try_the_pin(store, monkeypatch):
    row, made = KeyStore.objects.get(store_id=store), cloudhsm._token
    monkeypatch.setattr(cloudhsm, "_providers", {})
    monkeypatch.setattr(cloudhsm, "_token", lambda *given: (time.sleep(0.02), made(*given))[1])

    with ThreadPoolExecutor(4) as threads:
        providers = set(threads.map(lambda _: cloudhsm.CloudHsm().provider(row), range(4)))

    assert len(providers) == 1


# -- what comes to nothing leaves nothing


def test_a_key_that_comes_to_nothing_leaves_nothing_in_the_token(kms, hsm, store, monkeypatch):
    def fail(*given, **more):
        raise ValueError

    monkeypatch.setattr(create_key, "metadata_of", fail)
    with refused("InternalFailure"):
        kms.create(**IN_STORE, CustomKeyStoreId=store)

    assert hsm.keys(LABEL) == []
    assert not Key.objects.exists()


def test_a_policy_that_is_refused_is_refused_before_a_key_is_made(kms, hsm, store):
    with refused("MalformedPolicyDocumentException"):
        kms.create(**IN_STORE, CustomKeyStoreId=store, Policy="{}")

    assert hsm.keys(LABEL) == []


def test_a_key_that_may_have_been_committed_keeps_its_material(kms, hsm, store, monkeypatch):
    def broken(*given, **more):
        raise Unavailable

    monkeypatch.setattr(create_key, "metadata_of", broken)
    with pytest.raises(Unavailable):
        kms.create(**IN_STORE, CustomKeyStoreId=store)

    assert len(hsm.keys(LABEL)) == 1


def test_a_store_that_was_changed_meanwhile_takes_no_key(kms, hsm, store, monkeypatch):
    locked = create_key.new_keys.rows.locked

    def meanwhile(caller, store_id):
        KeyStore.objects.update(cluster_id="cluster-copycopyco2")
        return locked(caller, store_id)

    monkeypatch.setattr(create_key.new_keys.rows, "locked", meanwhile)
    with refused("KMSInternalException"):
        kms.create(**IN_STORE, CustomKeyStoreId=store)

    assert hsm.keys(LABEL) == []


# -- deletion


def fall_due(kms, key: str) -> None:
    kms("ScheduleKeyDeletion", KeyId=key)
    past = timezone.now() - timedelta(seconds=1)
    Key.objects.filter(key_id=key).update(deletion_date=past)


def test_a_deleted_keys_material_is_destroyed(kms, hsm, hsm_key):
    fall_due(kms, hsm_key)

    assert duties.delete_due_keys() == 1

    assert hsm.keys(LABEL) == []
    assert not Material.objects.exists()
    assert bodies()[-1]["responseElements"] is None


def test_a_key_waits_for_its_token_and_holds_nobody_up(kms, hsm, hsm_key, monkeypatch):
    monkeypatch.setattr(due, "MOST_AT_ONCE", 1)
    fall_due(kms, hsm_key)
    hsm.take_away()
    other = Key.objects.get(key_id=hsm_key)
    other.pk, other.key_id, other.store, other.origin = (
        None,
        str(uuid.uuid4()),
        None,
        "AWS_KMS",
    )
    other.save()

    assert duties.delete_due_keys() == 1
    assert [each.key_id for each in Key.objects.all()] == [hsm_key]
    with refused("NotFoundException"):
        kms("DescribeKey", KeyId=hsm_key)

    hsm.bring_back()
    assert duties.delete_due_keys() == 1
    assert hsm.keys(LABEL) == []


def test_what_is_left_in_a_disconnected_store_is_recorded(kms, hsm, store, hsm_key):
    fall_due(kms, hsm_key)
    kms("DisconnectCustomKeyStore", CustomKeyStoreId=store)

    assert duties.delete_due_keys() == 1

    assert hsm.keys(LABEL) == [hsm_key]
    assert bodies()[-1]["responseElements"] == {
        "customKeyStoreId": store,
        "clusterId": CLUSTER,
        "backingKeyLabel": hsm_key,
        "backingKeysDeletionStatus": "FAILURE",
    }
    kms("DeleteCustomKeyStore", CustomKeyStoreId=store)


def test_a_key_that_is_not_due_keeps_its_material(kms, hsm, hsm_key, monkeypatch):
    pk = Key.objects.get(key_id=hsm_key).pk
    looks = iter([[pk], []])
    monkeypatch.setattr(due, "_found", lambda rows, order, left: next(looks))

    assert duties.delete_due_keys() == 0
    assert hsm.keys(LABEL) == [hsm_key]
