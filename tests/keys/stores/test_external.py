"""External key stores, with a proxy that runs: made, changed, connected, and their keys used."""

import base64
import json

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crypto.errors import XksFault
from crypto.xks import ERRORS
from keys import duties
from keys.models import Key, KeyStore, Material
from keys.stores import proxy_errors, requests
from kms_project.operations import OPERATIONS
from service.call import call
from service.caller import Principal, PrincipalKind
from tests.keys.stores.xks import (
    ENDPOINT,
    OTHER_ENDPOINT,
    credential,
    entry,
    given,
    make_key,
)
from tests.keys.using import Kms, refused
from tests.rest.asking import records
from tests.support import people
from tests.support.certificates import Authority
from tests.support.xks_proxy import ACCESS_KEY_ID, PREFIX, SECRET, XksProxy

pytestmark = pytest.mark.django_db(transaction=True)

VPC = {
    "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE",
    "XksProxyVpcEndpointServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-example1",
}
OTHER_VPC = {**VPC, "XksProxyVpcEndpointServiceName": VPC["XksProxyVpcEndpointServiceName"] + "2"}
DOWN = [{"id": "1", "model": "x", "healthStatus": "UNAVAILABLE"}]


def create(kms, **changed):
    return kms("CreateCustomKeyStore", **given(**changed)).custom_key_store_id


def update(kms, store, **changes):
    kms("UpdateCustomKeyStore", CustomKeyStoreId=store, **changes)


def connect(kms, store):
    kms("ConnectCustomKeyStore", CustomKeyStoreId=store)


def disconnect(kms, store):
    kms("DisconnectCustomKeyStore", CustomKeyStoreId=store)


def connection_of(kms, store):
    found = entry(kms, store)
    return found.connection_state, found.connection_error_code


# -- making a store


def test_a_store_is_made_after_a_look_at_its_proxy(kms, proxy):
    store = create(kms)

    assert [operation for operation, _, _ in proxy.asked] == ["health"]
    about = proxy.asked[0][2]["requestMetadata"]
    assert about["kmsOperation"] == "CreateCustomKeyStore"
    assert connection_of(kms, store) == ("DISCONNECTED", None)
    told = entry(kms, store)
    assert told.custom_key_store_type == "EXTERNAL_KEY_STORE"
    configuration = told.xks_proxy_configuration
    assert configuration.connectivity == "PUBLIC_ENDPOINT"
    assert configuration.uri_endpoint == ENDPOINT
    assert configuration.uri_path == f"{PREFIX}/kms/xks/v1"
    assert configuration.access_key_id == ACCESS_KEY_ID
    assert configuration.vpc_endpoint_service_name is None
    assert told.cloud_hsm_cluster_id is None


def test_the_secret_is_neither_told_nor_recorded_nor_stored(kms, proxy):
    store = create(kms)

    assert SECRET not in repr(entry(kms, store))
    assert SECRET not in json.dumps(records())
    assert SECRET.encode() not in bytes(KeyStore.objects.get().sealed_secret)


@pytest.mark.parametrize(
    "missing",
    [
        "XksProxyUriEndpoint",
        "XksProxyUriPath",
        "XksProxyConnectivity",
        "XksProxyAuthenticationCredential",
    ],
)
def test_a_store_needs_to_know_all_of_its_proxy(kms, proxy, missing):
    with refused("ValidationException"):
        create(kms, **{missing: None})
    assert not proxy.asked


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("CloudHsmClusterId", "cluster-1234567890a"),
        ("KeyStorePassword", "password"),
        ("XksProxyUriEndpoint", "http://proxy.example"),
        ("XksProxyUriEndpoint", "https://proxy.example:8443"),
        ("XksProxyUriPath", "/acme/kms/xks"),
        ("XksProxyUriPath", "/acme/kms/xks/v2"),
        ("XksProxyAuthenticationCredential", credential(AccessKeyId="A" * 19)),
        ("XksProxyAuthenticationCredential", credential(AccessKeyId="a" * 20)),
        ("XksProxyAuthenticationCredential", credential(RawSecretAccessKey="x" * 42)),
        ("XksProxyVpcEndpointServiceName", VPC["XksProxyVpcEndpointServiceName"]),
        ("XksProxyVpcEndpointServiceOwner", people.ACCOUNT),
    ],
)
def test_a_store_is_not_made_of_what_does_not_fit(kms, proxy, member, value):
    with refused("ValidationException"):
        create(kms, **{member: value})
    assert not proxy.asked


def test_a_proxy_belongs_to_one_store(kms, proxy):
    create(kms)

    with refused("XksProxyUriInUseException"):
        create(kms, CustomKeyStoreName="another")
    with refused("XksProxyUriInUseException"):
        create(
            kms,
            CustomKeyStoreName="another",
            XksProxyUriEndpoint="https://PROXY.example",
        )
    assert len(proxy.asked) == 1


def test_in_another_region_and_another_account_it_may_be_used_again(kms, stranger, proxy):
    create(kms)

    assert create(kms.at(region="eu-west-1"))
    assert create(stranger)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("garbage", "XksProxyInvalidResponseException"),
        ("ValidationException", "XksProxyInvalidResponseException"),
        ("InternalException", "XksProxyInvalidResponseException"),
        ("AuthenticationFailedException", "XksProxyIncorrectAuthenticationCredentialException"),
        ("InvalidUriPathException", "XksProxyInvalidConfigurationException"),
        ("DependencyTimeoutException", "XksProxyUriUnreachableException"),
        ("ThrottlingException", "XksProxyUriUnreachableException"),
        ("hang up", "XksProxyUriUnreachableException"),
    ],
)
def test_a_store_is_not_made_of_a_proxy_that_fails(kms, proxy, fault, code):
    proxy.fault = fault

    with refused(code):
        create(kms)
    assert not KeyStore.objects.exists()


def test_a_wrong_credential_and_a_wrong_path_are_noticed_at_once(kms, proxy):
    with refused("XksProxyIncorrectAuthenticationCredentialException"):
        create(kms, XksProxyAuthenticationCredential=credential(RawSecretAccessKey="x" * 43))
    with refused("XksProxyInvalidConfigurationException"):
        create(kms, XksProxyUriPath="/elsewhere/kms/xks/v1")


def test_a_store_is_not_made_where_every_key_manager_is_down(kms, proxy):
    proxy.changes = {"ekmFleetDetails": DOWN}

    with refused("XksProxyUriUnreachableException", proxy_errors.ALL_UNAVAILABLE):
        create(kms)


def test_a_store_is_not_made_of_a_proxy_that_is_too_slow_or_not_there(kms, proxy, settings):
    settings.STRONGROOM_XKS_TIMEOUT_MS = 100
    proxy.fault = "slow"
    with refused("XksProxyUriUnreachableException"):
        create(kms)

    proxy.stop()
    with refused("XksProxyUriUnreachableException"):
        create(kms)
    proxy.start()


def test_plain_http_is_not_spoken_to_other_machines(kms, proxy, settings):
    settings.STRONGROOM_XKS_ENDPOINTS = json.dumps({ENDPOINT: "http://proxy.example:1"})

    with refused("XksProxyUriUnreachableException", proxy_errors.TEXTS["INSECURE"]):
        create(kms)


# -- VPC endpoint services


def test_a_store_behind_a_vpc_endpoint_service_is_looked_at_when_it_is_connected(kms, proxy):
    store = create(kms, **VPC)
    assert not proxy.asked
    configuration = entry(kms, store).xks_proxy_configuration
    assert configuration.connectivity == "VPC_ENDPOINT_SERVICE"
    assert configuration.vpc_endpoint_service_name == VPC["XksProxyVpcEndpointServiceName"]
    assert configuration.vpc_endpoint_service_owner == people.ACCOUNT

    connect(kms, store)

    assert len(proxy.asked) == 1
    assert connection_of(kms, store) == ("CONNECTED", None)


def test_a_vpc_endpoint_service_has_a_name(kms, proxy):
    with refused("ValidationException"):
        create(kms, XksProxyConnectivity="VPC_ENDPOINT_SERVICE")


def test_a_private_name_is_one_stores_alone(kms, proxy):
    create(kms, **VPC)
    other = {"CustomKeyStoreName": "other", "XksProxyUriPath": "/other/kms/xks/v1"}

    for connectivity in ({}, OTHER_VPC):
        with refused("XksProxyUriEndpointInUseException"):
            create(kms, **other, **connectivity)
    with refused("XksProxyVpcEndpointServiceInUseException"):
        create(kms, **other, **VPC, XksProxyUriEndpoint=OTHER_ENDPOINT)
    assert create(kms, **other, **OTHER_VPC, XksProxyUriEndpoint=OTHER_ENDPOINT)


def test_a_public_endpoint_may_serve_many_stores_with_a_path_each(kms, proxy):
    create(kms)

    with refused("XksProxyInvalidConfigurationException"):  # there is nothing at that path
        create(kms, CustomKeyStoreName="other", XksProxyUriPath="/other/kms/xks/v1")
    with refused("XksProxyUriEndpointInUseException"):
        create(kms, CustomKeyStoreName="other", XksProxyUriPath="/other/kms/xks/v1", **VPC)


# -- changing it


def test_a_name_changes_without_a_look_at_the_proxy(kms, store, proxy):
    update(kms, store, NewCustomKeyStoreName="new")

    assert entry(kms, store).custom_key_store_name == "new"
    assert not proxy.asked


def test_a_credential_is_exchanged_while_the_store_is_connected(kms, store, proxy):
    key = make_key(kms, store).key_id
    new = credential(AccessKeyId="Z" * 20, RawSecretAccessKey="z" * 43)
    with refused("XksProxyIncorrectAuthenticationCredentialException"):
        update(kms, store, XksProxyAuthenticationCredential=new)
    blob = kms("Encrypt", KeyId=key, Plaintext=b"x").ciphertext_blob

    proxy.credentials = {**proxy.credentials, "Z" * 20: "z" * 43}
    update(kms, store, XksProxyAuthenticationCredential=new)
    del proxy.credentials[ACCESS_KEY_ID]

    assert entry(kms, store).xks_proxy_configuration.access_key_id == "Z" * 20
    assert kms("Decrypt", CiphertextBlob=blob).plaintext == b"x"


def test_the_path_changes_while_the_store_is_connected_and_the_endpoint_does_not(kms, store, proxy):
    with refused("XksProxyInvalidConfigurationException"):
        update(kms, store, XksProxyUriPath="/other/kms/xks/v1")
    with refused("CustomKeyStoreInvalidStateException"):
        update(kms, store, XksProxyUriEndpoint=OTHER_ENDPOINT)

    disconnect(kms, store)
    update(kms, store, XksProxyUriEndpoint=OTHER_ENDPOINT)

    assert entry(kms, store).xks_proxy_configuration.uri_endpoint == OTHER_ENDPOINT
    connect(kms, store)
    assert connection_of(kms, store) == ("CONNECTED", None)


def test_the_connectivity_changes_both_ways(kms, store, proxy):
    disconnect(kms, store)

    update(kms, store, XksProxyUriEndpoint=OTHER_ENDPOINT, **VPC)
    assert entry(kms, store).xks_proxy_configuration.vpc_endpoint_service_owner == people.ACCOUNT
    update(kms, store, XksProxyUriEndpoint=ENDPOINT, XksProxyConnectivity="PUBLIC_ENDPOINT")

    configuration = entry(kms, store).xks_proxy_configuration
    assert configuration.vpc_endpoint_service_name is None
    assert configuration.vpc_endpoint_service_owner is None


def test_a_change_to_what_another_store_has_is_refused(kms, store, proxy):
    other = create(kms, CustomKeyStoreName="other", XksProxyUriEndpoint=OTHER_ENDPOINT)

    with refused("XksProxyUriInUseException"):
        update(kms, other, XksProxyUriEndpoint=ENDPOINT)


# -- connecting


def test_a_store_is_connected_after_a_look_at_its_proxy(kms, proxy):
    store = create(kms)
    connect(kms, store)

    assert connection_of(kms, store) == ("CONNECTED", None)
    about = proxy.asked[-1][2]["requestMetadata"]
    assert about["kmsOperation"] == "ConnectCustomKeyStore"


CODES = {
    "garbage": "XKS_PROXY_INVALID_RESPONSE",
    "huge": "XKS_PROXY_INVALID_RESPONSE",
    "hang up": "XKS_PROXY_NOT_REACHABLE",
    "AccessDeniedException": "XKS_PROXY_ACCESS_DENIED",
    "AuthenticationFailedException": "INVALID_CREDENTIALS",
    "DependencyTimeoutException": "XKS_PROXY_TIMED_OUT",
    "InternalException": "XKS_PROXY_INVALID_RESPONSE",
    "InvalidUriPathException": "XKS_PROXY_INVALID_CONFIGURATION",
    "ThrottlingException": "XKS_PROXY_NOT_REACHABLE",
    "ValidationException": "XKS_PROXY_INVALID_RESPONSE",
}


@pytest.mark.parametrize("fault", CODES)
def test_a_store_tells_why_it_could_not_be_connected(kms, proxy, fault):
    store = create(kms)
    proxy.fault = fault

    connect(kms, store)

    assert connection_of(kms, store) == ("FAILED", CODES[fault])


def test_after_a_failure_a_store_is_connected_again_by_way_of_disconnecting_it(kms, proxy):
    store = create(kms)
    proxy.changes = {"ekmFleetDetails": DOWN}
    connect(kms, store)
    assert connection_of(kms, store) == ("FAILED", "XKS_PROXY_NOT_REACHABLE")
    proxy.changes = {}

    with refused("CustomKeyStoreInvalidStateException"):
        connect(kms, store)
    disconnect(kms, store)
    connect(kms, store)

    assert connection_of(kms, store) == ("CONNECTED", None)


def test_a_proxy_that_is_too_slow_fails_to_connect(kms, proxy, settings):
    store = create(kms)
    settings.STRONGROOM_XKS_TIMEOUT_MS = 100
    proxy.fault = "slow"

    connect(kms, store)

    assert connection_of(kms, store) == ("FAILED", "XKS_PROXY_TIMED_OUT")


def test_a_certificate_that_is_not_the_right_one_fails_to_connect(kms, tmp_path, settings):
    authority = Authority(tmp_path)
    secure = XksProxy(authority.identity("proxy"))
    settings.STRONGROOM_XKS_ENDPOINTS = json.dumps({ENDPOINT: secure.url})
    settings.STRONGROOM_XKS_TIMEOUT_MS = 5_000
    store = create(kms, **VPC)

    connect(kms, store)
    assert connection_of(kms, store) == ("FAILED", "XKS_PROXY_INVALID_TLS_CONFIGURATION")

    settings.STRONGROOM_XKS_CA_BUNDLE = str(authority.certificate)
    disconnect(kms, store)
    connect(kms, store)
    assert connection_of(kms, store) == ("CONNECTED", None)
    secure.stop()


# -- keys


def test_a_key_is_made_after_a_look_at_the_external_key(kms, store, proxy):
    made = make_key(kms, store)

    assert made.origin == "EXTERNAL_KEY_STORE"
    assert made.custom_key_store_id == store
    assert made.xks_key_configuration.id == "key-1"
    assert made.key_state == "Enabled"
    assert made.current_key_material_id is None
    assert made.cloud_hsm_cluster_id is None
    assert kms("DescribeKey", KeyId=made.key_id).key_metadata == made
    ((operation, key_id, asked),) = proxy.asked
    assert (operation, key_id) == ("metadata", "key-1")
    assert set(asked["requestMetadata"]) == {"awsPrincipalArn", "kmsOperation", "kmsRequestId"}
    assert asked["requestMetadata"]["kmsOperation"] == "CreateKey"


def test_an_external_key_is_that_of_one_key(kms, store, proxy):
    key = make_key(kms, store).key_id

    with refused("XksKeyAlreadyInUseException"):
        make_key(kms, store)
    kms("ScheduleKeyDeletion", KeyId=key)
    with refused("XksKeyAlreadyInUseException"):
        make_key(kms, store)
    assert make_key(kms, store, "key-2")


def test_an_external_key_that_another_call_took_meanwhile_is_in_use(kms, store, monkeypatch):
    step = OPERATIONS["kms:CreateKey"]
    run = step.run

    def late(self, call, given):
        monkeypatch.setattr(step, "run", run)
        Key.objects.filter(key_id=first).update(xks_key_id="key-1")
        return run(self, call, given)

    first = make_key(kms, store, "key-2").key_id
    monkeypatch.setattr(step, "run", late)
    with refused("XksKeyAlreadyInUseException"):
        make_key(kms, store)
    assert Key.objects.count() == 1


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("KeyNotFoundException", "XksKeyNotFoundException"),
        ("InvalidStateException", "XksKeyInvalidConfigurationException"),
        ("InvalidKeyUsageException", "XksKeyInvalidConfigurationException"),
        ("AccessDeniedException", "KMSInvalidStateException"),
        ("AuthenticationFailedException", "CustomKeyStoreInvalidStateException"),
        ("garbage", "CustomKeyStoreInvalidStateException"),
        ("hang up", "CustomKeyStoreInvalidStateException"),
    ],
)
def test_a_key_is_not_made_while_the_proxy_fails(kms, store, proxy, fault, code):
    proxy.fault = fault

    with refused(code):
        make_key(kms, store)
    assert not Key.objects.exists()


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("keySpec", "AES_128"),
        ("keyUsage", ["ENCRYPT"]),
        ("keyUsage", ["DECRYPT", "WRAP"]),
        ("keyStatus", "DISABLED"),
    ],
)
def test_an_external_key_is_an_aes_256_key_that_is_enabled(kms, store, proxy, member, value):
    proxy.changes = {member: value}

    with refused("XksKeyInvalidConfigurationException"):
        make_key(kms, store)


def test_more_usages_than_two_do_no_harm(kms, store, proxy):
    proxy.changes = {"keyUsage": ["SIGN", "DECRYPT", "ENCRYPT"]}

    assert make_key(kms, store)


def test_an_external_key_that_there_is_not_is_not_found(kms, store):
    with refused("XksKeyNotFoundException"):
        make_key(kms, store, "key-3")


@pytest.mark.parametrize(
    "asked",
    [
        {"XksKeyId": "key-1"},
        {"Origin": "EXTERNAL_KEY_STORE", "XksKeyId": "key-1"},
        {"Origin": "EXTERNAL_KEY_STORE", "CustomKeyStoreId": "STORE"},
        {"Origin": "EXTERNAL_KEY_STORE", "CustomKeyStoreId": "STORE", "XksKeyId": "a b"},
        {"CustomKeyStoreId": "STORE", "XksKeyId": "key-1"},
    ],
)
def test_origin_store_and_external_key_go_together(kms, store, asked):
    if "CustomKeyStoreId" in asked:
        asked = {**asked, "CustomKeyStoreId": store}
    with refused("ValidationException"):
        kms.create(**asked)


HMAC = {"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}


@pytest.mark.parametrize("more", [{"MultiRegion": True}, HMAC])
def test_no_other_kind_of_key_is_in_a_store(kms, store, more):
    with refused("UnsupportedOperationException"):
        make_key(kms, store, **more)
    assert not Key.objects.exists()


def test_a_key_is_made_in_a_connected_store_only(kms, store):
    disconnect(kms, store)

    with refused("CustomKeyStoreInvalidStateException"):
        make_key(kms, store)


# -- using them


def test_a_key_encrypts_and_decrypts_by_way_of_the_proxy(kms, store, proxy):
    key = make_key(kms, store).key_id
    proxy.asked.clear()
    context = {"app": "tests"}

    made = kms("Encrypt", KeyId=key, Plaintext=b"a secret", EncryptionContext=context)
    for more in ({}, {"KeyId": key}):
        answer = kms(
            "Decrypt", CiphertextBlob=made.ciphertext_blob, EncryptionContext=context, **more
        )
        assert answer.plaintext == b"a secret"

    assert [operation for operation, _, _ in proxy.asked] == ["encrypt", "decrypt", "decrypt"]
    assert b"a secret" not in b"".join(
        base64.b64decode(asked["plaintext"]) for _, _, asked in proxy.asked if "plaintext" in asked
    )


def test_the_proxy_is_told_who_asks_for_what(kms, store, proxy):
    key = make_key(kms, store)
    other = make_key(kms, store, "key-2")
    proxy.asked.clear()
    blob = kms("GenerateDataKey", KeyId=key.key_id, KeySpec="AES_256").ciphertext_blob
    kms("ReEncrypt", CiphertextBlob=blob, DestinationKeyId=other.key_id)

    told = [
        (operation, key_id, asked["requestMetadata"]) for operation, key_id, asked in proxy.asked
    ]
    assert [(operation, key_id, about["kmsOperation"]) for operation, key_id, about in told] == [
        ("encrypt", "key-1", "GenerateDataKey"),
        ("decrypt", "key-1", "ReEncrypt"),
        ("encrypt", "key-2", "ReEncrypt"),
    ]
    assert [about["kmsKeyArn"] for _, _, about in told] == [key.arn, key.arn, other.arn]
    assert {about["awsPrincipalArn"] for _, _, about in told} == {
        f"arn:aws:iam::{people.ACCOUNT}:user/admin"
    }
    ids = [
        each["requestID"]
        for each in records()
        if each["eventName"] in ("GenerateDataKey", "ReEncrypt")
    ]
    assert [about["kmsRequestId"] for _, _, about in told] == [ids[0], ids[1], ids[1]]


def test_a_service_is_told_by_its_name():
    role = Principal(
        PrincipalKind.ASSUMED_ROLE,
        people.ACCOUNT,
        "arn:aws:sts::1:assumed-role/x/y",
        "AROA:y",
        "x",
        role_arn="arn:aws:iam::1:role/x",
    )
    caller = people.caller_of(role, snapshot=None).through("ssm.amazonaws.com")
    found = requests.of(caller, "kms:Decrypt")
    assert (found.operation, found.principal) == ("Decrypt", "arn:aws:iam::1:role/x")
    assert found.via == "ssm.us-east-1.amazonaws.com"

    service = Principal(PrincipalKind.SERVICE, people.ACCOUNT, "", "")
    caller = people.caller_of(service, snapshot=None)
    assert requests.of(caller.through("ssm.amazonaws.com"), "kms:Decrypt").principal == (
        "ssm.amazonaws.com"
    )
    assert requests.of(caller, "kms:Decrypt").principal == "AWS Internal"


def test_another_account_that_may_use_the_key_is_told_as_such(kms, store, stranger, proxy):
    root = {"AWS": f"arn:aws:iam::{people.OTHER_ACCOUNT}:root"}
    own = {"AWS": f"arn:aws:iam::{people.ACCOUNT}:root"}
    allowed = people.policy(
        people.statement("Allow", "kms:*", Principal=own),
        people.statement("Allow", "kms:Encrypt", Principal=root),
    )
    key = make_key(kms, store, Policy=allowed)

    stranger("Encrypt", KeyId=key.arn, Plaintext=b"x")

    about = proxy.asked[-1][2]["requestMetadata"]
    assert about["awsPrincipalArn"] == f"arn:aws:iam::{people.OTHER_ACCOUNT}:user/stranger"


TEXTS = {
    "garbage": "INVALID_RESPONSE",
    "truncated": "INVALID_RESPONSE",
    "hang up": "UNREACHABLE",
    **{name: name for name in ERRORS},
}


@pytest.mark.parametrize("fault", sorted(TEXTS))
def test_a_proxy_that_fails_is_told_with_awss_text_and_nothing_is_done_without_it(
    kms, store, proxy, fault
):
    key = make_key(kms, store).key_id
    blob = kms("Encrypt", KeyId=key, Plaintext=b"x").ciphertext_blob
    proxy.fault = fault

    for name, params in (
        ("Encrypt", {"KeyId": key, "Plaintext": b"x"}),
        ("GenerateDataKey", {"KeyId": key, "KeySpec": "AES_256"}),
        ("Decrypt", {"CiphertextBlob": blob}),
        ("ReEncrypt", {"CiphertextBlob": blob, "DestinationKeyId": key}),
    ):
        with refused("KMSInvalidStateException", proxy_errors.TEXTS[TEXTS[fault]]):
            kms(name, **params)

    proxy.fault = ""
    assert kms("Decrypt", CiphertextBlob=blob).plaintext == b"x"


def test_a_proxy_that_is_away_and_comes_back(kms, store, proxy, settings):
    key = make_key(kms, store).key_id
    blob = kms("Encrypt", KeyId=key, Plaintext=b"x").ciphertext_blob

    proxy.stop()
    with refused("KMSInvalidStateException", proxy_errors.TEXTS["UNREACHABLE"]):
        kms("Decrypt", CiphertextBlob=blob)
    proxy.start()

    assert kms("Decrypt", CiphertextBlob=blob).plaintext == b"x"


def test_another_context_decrypts_nothing(kms, store):
    key = make_key(kms, store).key_id
    blob = kms("Encrypt", KeyId=key, Plaintext=b"x", EncryptionContext={"a": "b"}).ciphertext_blob

    text = proxy_errors.TEXTS["InvalidCiphertextException"]
    with refused("KMSInvalidStateException", text):
        kms("Decrypt", CiphertextBlob=blob)


def test_a_body_that_is_none_is_an_invalid_ciphertext(kms, store, proxy):
    key = make_key(kms, store).key_id
    blob = kms("Encrypt", KeyId=key, Plaintext=b"x").ciphertext_blob
    proxy.asked.clear()

    with refused("InvalidCiphertextException"):
        kms("Decrypt", CiphertextBlob=blob[:54] + b"\x02" + blob[55:])
    assert not proxy.asked


def test_a_proxy_that_gives_another_plaintext_is_found_out(kms, store, proxy):
    key = make_key(kms, store).key_id
    blob = kms("Encrypt", KeyId=key, Plaintext=b"x").ciphertext_blob
    proxy.changes = {"plaintext": base64.b64encode(bytes(46)).decode()}

    with refused("KMSInvalidStateException", proxy_errors.TEXTS["INVALID_PLAINTEXT"]):
        kms("Decrypt", CiphertextBlob=blob)


def test_a_disconnected_store_keeps_its_keys_from_use_though_the_proxy_is_there(kms, store, proxy):
    key = make_key(kms, store).key_id
    blob = kms("Encrypt", KeyId=key, Plaintext=b"x").ciphertext_blob
    disconnect(kms, store)
    proxy.asked.clear()

    assert kms.state(key) == "Unavailable"
    with refused("KMSInvalidStateException"):
        kms("Decrypt", CiphertextBlob=blob)
    assert not proxy.asked

    connect(kms, store)
    assert kms("Decrypt", CiphertextBlob=blob).plaintext == b"x"


def test_the_external_keys_name_in_the_database_leads_nowhere_else(kms, store, proxy):
    """It is sealed with the material: who changes the row reaches no other key."""
    key = make_key(kms, store).key_id
    Key.objects.update(xks_key_id="key-2")
    kms("UpdateKeyDescription", KeyId=key, Description="so that the change is noticed")

    kms("Encrypt", KeyId=key, Plaintext=b"x")

    assert proxy.asked[-1][1] == "key-1"
    assert b"key-1" not in bytes(Material.objects.get().sealed)


def test_a_key_that_is_remembered_costs_no_query(kms, store):
    key = make_key(kms, store).key_id
    params = {"KeyId": key, "Plaintext": b"x"}
    kms("Encrypt", **params)
    caller = kms.caller()

    with CaptureQueriesContext(connection) as queries:
        call(caller, OPERATIONS["kms:Encrypt"], params)

    asked = [query["sql"] for query in queries]
    assert not [sql for sql in asked if "keys_" in sql or "sealing_" in sql or "iam_user" in sql]


def test_connections_to_the_proxy_are_kept(kms, store, proxy):
    key = make_key(kms, store).key_id
    before = proxy.connections

    for _ in range(5):
        kms("Encrypt", KeyId=key, Plaintext=b"x")

    assert proxy.connections == before + 1


def test_a_dry_run_does_not_ask_the_proxy_to_encrypt(kms, store, proxy):
    key = make_key(kms, store).key_id
    proxy.asked.clear()

    with refused("DryRunOperationException"):
        kms("Encrypt", KeyId=key, Plaintext=b"x", DryRun=True)
    assert not proxy.asked


def test_a_key_that_is_deleted_leaves_the_external_key_to_another(kms, store, proxy):
    key = make_key(kms, store).key_id
    due = kms("ScheduleKeyDeletion", KeyId=key).deletion_date
    proxy.asked.clear()

    with time_machine.travel(due, tick=False):
        assert duties.delete_due_keys() == 1

    assert not proxy.asked
    assert make_key(kms, store)


def test_a_store_of_others_is_not_there(kms, store, stranger):
    with refused("CustomKeyStoreNotFoundException"):
        make_key(stranger, store)
    with refused("CustomKeyStoreNotFoundException"):
        make_key(Kms(kms.who, "eu-west-1"), store)


def test_every_failure_of_a_proxy_has_a_text():
    assert set(proxy_errors.TEXTS) == ERRORS | set(XksFault)
