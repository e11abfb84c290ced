"""Custom key stores as such: made, told of, changed, deleted; in which state what is refused."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from keys.models import ConnectionState, KeyStore
from keys.operations import create_custom_key_store, describe_custom_key_stores
from keys.stores import rows, secrets
from service import wire
from tests.audit.making import bodies
from tests.keys.using import Kms, refused
from tests.support import people
from tests.support.certificates import Authority

pytestmark = pytest.mark.django_db

CLUSTER, OTHER, COPY = "cluster-234567abcde", "cluster-other2other", "cluster-copycopyco2"
PIN = "open sesame"
STATES = [
    ConnectionState.CONNECTED,
    ConnectionState.DISCONNECTED,
    ConnectionState.FAILED,
    ConnectionState.CONNECTING,
    ConnectionState.DISCONNECTING,
]
OPERATIONS = ("Create", "Describe", "Update", "Delete", "Connect", "Disconnect")


@pytest.fixture(autouse=True)
def anchor(settings, tmp_path) -> str:
    """Three clusters: two that are copies of one HSM, with its trust anchor, and another."""
    path = Authority(tmp_path, "HSM").certificate
    token = {"module": "/nowhere/libpkcs11.so", "token": "t"}
    copies = {**token, "trust_anchor": str(path)}
    clusters = {CLUSTER: copies, COPY: copies, OTHER: token}
    settings.STRONGROOM_HSM_CLUSTERS = json.dumps(clusters)
    return path.read_text()


@pytest.fixture
def new(anchor):
    """What a store is made of."""
    return {
        "CustomKeyStoreName": "hsm",
        "CloudHsmClusterId": CLUSTER,
        "TrustAnchorCertificate": anchor,
        "KeyStorePassword": PIN,
    }


@pytest.fixture
def store(kms, new) -> str:
    """The id of a store that was just made."""
    made: str = kms("CreateCustomKeyStore", **new).custom_key_store_id
    return made


def described(kms: Kms, **asked: str):
    (entry,) = kms("DescribeCustomKeyStores", **asked).custom_key_stores
    return entry


def put_in(state: str) -> None:
    KeyStore.objects.update(state=state)


# -- making and telling


def test_a_store_is_disconnected_at_first_and_told_of(kms, new, store):
    assert re.fullmatch("cks-[0-9a-f]{17}", store)
    told = wire.encode(described(kms))

    assert timedelta(0) <= datetime.now(UTC) - told.pop("CreationDate") < timedelta(minutes=1)
    assert told == {
        "CustomKeyStoreId": store,
        "CustomKeyStoreName": "hsm",
        "CustomKeyStoreType": "AWS_CLOUDHSM",
        "CloudHsmClusterId": CLUSTER,
        "TrustAnchorCertificate": new["TrustAnchorCertificate"],
        "ConnectionState": "DISCONNECTED",
    }


def test_a_pin_is_stored_sealed_for_its_store_and_never_recorded(kms, new, store):
    row = KeyStore.objects.get()

    assert PIN.encode() not in bytes(row.sealed_secret)
    assert secrets.opened(row) == PIN
    assert PIN not in json.dumps(bodies())
    (made,) = [each for each in bodies() if each["eventName"] == "CreateCustomKeyStore"]
    assert made["requestParameters"]["keyStorePassword"] == "HIDDEN_DUE_TO_SECURITY_REASONS"


def test_a_pin_does_not_open_for_another_store(kms, store):
    row = KeyStore.objects.get()
    row.store_id = "cks-another"

    with pytest.raises(Exception, match="altered"):
        secrets.opened(row)


@pytest.mark.parametrize("missing", ["CloudHsmClusterId", "TrustAnchorCertificate"])
def test_a_store_is_made_of_all_its_members(kms, new, missing):
    del new[missing]

    message = f"{missing} is required for a custom key store of type AWS_CLOUDHSM."
    with refused("ValidationException", message):
        kms("CreateCustomKeyStore", **new)


def test_a_store_takes_no_member_of_another_kind(kms, new):
    with refused("ValidationException"):
        kms("CreateCustomKeyStore", **new, XksProxyUriPath="/kms/xks/v1")


def test_the_cluster_is_one_of_the_settings(kms, new):
    new["CloudHsmClusterId"] = "cluster-nowherenowh"

    with refused("CloudHsmClusterNotFoundException"):
        kms("CreateCustomKeyStore", **new)


def test_the_trust_anchor_is_that_of_the_settings(kms, new, tmp_path):
    another = Authority(tmp_path, "another HSM").certificate.read_text()

    for given in ("no certificate", another):
        with refused("IncorrectTrustAnchorException"):
            kms("CreateCustomKeyStore", **{**new, "TrustAnchorCertificate": given})


def test_where_the_settings_name_no_trust_anchor_any_will_do(kms, new):
    new |= {"CloudHsmClusterId": OTHER, "TrustAnchorCertificate": "none here"}
    kms("CreateCustomKeyStore", **new)

    assert described(kms).trust_anchor_certificate == "none here"


def test_a_trust_anchor_may_be_laid_out_otherwise(kms, new, anchor):
    new["TrustAnchorCertificate"] = "\n" + anchor.replace("\n", "\r\n")

    kms("CreateCustomKeyStore", **new)


def test_names_are_unique_in_a_region(kms, new, store):
    new["CloudHsmClusterId"] = OTHER
    with refused("CustomKeyStoreNameInUseException"):
        kms("CreateCustomKeyStore", **new)

    kms.at(region="eu-west-1")("CreateCustomKeyStore", **new)


@pytest.mark.parametrize("cluster", [CLUSTER, COPY])
def test_a_cluster_and_its_copies_are_used_once_in_an_account(kms, new, store, stranger, cluster):
    again = {**new, "CustomKeyStoreName": "again", "CloudHsmClusterId": cluster}

    for region in ("us-east-1", "eu-west-1"):
        with refused("CloudHsmClusterInUseException"):
            kms.at(region=region)("CreateCustomKeyStore", **again)
    stranger("CreateCustomKeyStore", **new)


def test_an_account_has_so_many_stores(kms, new, store, monkeypatch):
    monkeypatch.setattr(create_custom_key_store, "MOST_STORES", 1)
    with refused("LimitExceededException"):
        kms(
            "CreateCustomKeyStore", **{**new, "CustomKeyStoreName": "b", "CloudHsmClusterId": OTHER}
        )


def test_a_store_is_found_by_id_and_by_name(kms, store):
    assert described(kms, CustomKeyStoreId=store).custom_key_store_name == "hsm"
    assert described(kms, CustomKeyStoreName="hsm").custom_key_store_id == store
    for asked in ({"CustomKeyStoreId": "cks-1"}, {"CustomKeyStoreName": "HSM"}):
        with refused("CustomKeyStoreNotFoundException"):
            kms("DescribeCustomKeyStores", **asked)
    with refused("ValidationException"):
        kms("DescribeCustomKeyStores", CustomKeyStoreId=store, CustomKeyStoreName="hsm")


def test_stores_come_in_pages(kms, new, monkeypatch):
    assert kms("DescribeCustomKeyStores").custom_key_stores == ()
    monkeypatch.setattr(describe_custom_key_stores, "DEFAULT", 1)
    ids = [
        kms("CreateCustomKeyStore", **{**new, "CustomKeyStoreName": name, "CloudHsmClusterId": at})
        for name, at in (("a", CLUSTER), ("b", OTHER))
    ]

    first = kms("DescribeCustomKeyStores")
    second = kms("DescribeCustomKeyStores", Marker=first.next_marker)

    assert (first.truncated, second.truncated, second.next_marker) == (True, False, None)
    told = [each.custom_key_store_id for page in (first, second) for each in page.custom_key_stores]
    assert told == sorted(each.custom_key_store_id for each in ids)
    with refused("InvalidMarkerException"):
        kms("DescribeCustomKeyStores", Marker="nonsense")


def test_a_store_is_its_accounts_and_its_regions_alone(kms, store, stranger):
    for other in (stranger, kms.at(region="eu-west-1")):
        assert other("DescribeCustomKeyStores").custom_key_stores == ()
        for name in ("Connect", "Disconnect", "Update", "Delete"):
            with refused("CustomKeyStoreNotFoundException"):
                other(f"{name}CustomKeyStore", CustomKeyStoreId=store)


@pytest.mark.parametrize("name", OPERATIONS)
def test_who_may_not_is_refused(kms, new, store, name):
    nobody = Kms(people.user("nobody", "kms:CreateKey"))
    given = new if name == "Create" else {"CustomKeyStoreId": store}

    with refused("AccessDeniedException"):
        nobody(f"{name}CustomKeyStore{'s' if name == 'Describe' else ''}", **given)


# -- changing


def test_a_store_gets_another_name_pin_and_copy_of_its_cluster(kms, store):
    kms(
        "UpdateCustomKeyStore",
        CustomKeyStoreId=store,
        NewCustomKeyStoreName="renamed",
        KeyStorePassword="another PIN",
        CloudHsmClusterId=COPY,
    )

    told = described(kms, CustomKeyStoreName="renamed")
    assert (told.custom_key_store_id, told.cloud_hsm_cluster_id) == (store, COPY)
    assert secrets.opened(KeyStore.objects.get()) == "another PIN"
    assert "another PIN" not in json.dumps(bodies())


@pytest.mark.parametrize(
    ("cluster", "code"),
    [
        (OTHER, "CloudHsmClusterNotRelatedException"),
        ("cluster-nowherenowh", "CloudHsmClusterNotFoundException"),
    ],
)
def test_a_cluster_that_holds_other_keys_is_refused(kms, store, cluster, code):
    with refused(code):
        kms("UpdateCustomKeyStore", CustomKeyStoreId=store, CloudHsmClusterId=cluster)


def test_a_store_without_a_trust_anchor_stays_with_its_cluster(kms, new):
    new |= {"CloudHsmClusterId": OTHER, "TrustAnchorCertificate": "none"}
    store = kms("CreateCustomKeyStore", **new).custom_key_store_id

    with refused("CloudHsmClusterNotRelatedException"):
        kms("UpdateCustomKeyStore", CustomKeyStoreId=store, CloudHsmClusterId=CLUSTER)
    kms("UpdateCustomKeyStore", CustomKeyStoreId=store, CloudHsmClusterId=OTHER)


def test_a_name_that_is_taken_is_refused_but_its_own(kms, new, store):
    kms("CreateCustomKeyStore", **{**new, "CustomKeyStoreName": "b", "CloudHsmClusterId": OTHER})

    with refused("CustomKeyStoreNameInUseException"):
        kms("UpdateCustomKeyStore", CustomKeyStoreId=store, NewCustomKeyStoreName="b")
    kms("UpdateCustomKeyStore", CustomKeyStoreId=store, NewCustomKeyStoreName="hsm")


def test_a_change_takes_no_member_of_another_kind(kms, store):
    with refused("ValidationException"):
        kms("UpdateCustomKeyStore", CustomKeyStoreId=store, XksProxyUriPath="/kms/xks/v1")


# -- states


ALLOWED = {
    "Connect": ({}, {"CONNECTED", "DISCONNECTED"}),
    "Disconnect": ({}, {"CONNECTED", "FAILED"}),
    "Delete": ({}, {"DISCONNECTED"}),
    "Update": ({"NewCustomKeyStoreName": "b"}, {"CONNECTED", "DISCONNECTED"}),
    "Update ": ({"KeyStorePassword": "another PIN"}, {"DISCONNECTED"}),
    "Update  ": ({"CloudHsmClusterId": COPY}, {"DISCONNECTED"}),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", ALLOWED)
def test_what_may_be_done_in_which_state(kms, store, settings, name, state):
    settings.STRONGROOM_HSM_CLUSTERS = settings.STRONGROOM_HSM_CLUSTERS.replace(CLUSTER, "gone")
    given, states = ALLOWED[name]
    put_in(state)

    ask = f"{name.strip()}CustomKeyStore"
    if state in states:
        kms(ask, CustomKeyStoreId=store, **given)
    else:
        with refused("CustomKeyStoreInvalidStateException"):
            kms(ask, CustomKeyStoreId=store, **given)
        assert described(kms).connection_state == state


def test_a_store_that_was_disconnected_tells_of_no_error(kms, store):
    KeyStore.objects.update(state="FAILED", error="INTERNAL_ERROR")
    assert described(kms).connection_error_code == "INTERNAL_ERROR"

    kms("DisconnectCustomKeyStore", CustomKeyStoreId=store)

    assert described(kms).connection_state == "DISCONNECTED"
    assert described(kms).connection_error_code is None


def test_a_deleted_store_is_gone(kms, store):
    kms("DeleteCustomKeyStore", CustomKeyStoreId=store)

    assert kms("DescribeCustomKeyStores").custom_key_stores == ()


def test_connecting_to_a_cluster_that_is_in_the_settings_no_more_fails(kms, store, settings):
    settings.STRONGROOM_HSM_CLUSTERS = "{}"
    kms("ConnectCustomKeyStore", CustomKeyStoreId=store)

    told = described(kms)
    assert (told.connection_state, told.connection_error_code) == ("FAILED", "CLUSTER_NOT_FOUND")


def test_settings_that_lead_to_no_module_are_said_to_be_wrong(kms, store):
    with refused("CloudHsmClusterInvalidConfigurationException"):
        kms("ConnectCustomKeyStore", CustomKeyStoreId=store)

    assert described(kms).connection_state == "DISCONNECTED"


def test_a_store_that_is_changed_while_it_is_connected_has_to_be_connected_again(
    kms, store, settings, monkeypatch
):
    settings.STRONGROOM_HSM_CLUSTERS = "{}"
    named = rows.named

    def meanwhile(caller, store_id):
        found = named(caller, store_id)
        KeyStore.objects.update(trust_anchor="another")
        return found

    monkeypatch.setattr(rows, "named", meanwhile)
    with refused("KMSInternalException"):
        kms("ConnectCustomKeyStore", CustomKeyStoreId=store)
    assert described(kms).connection_state == "DISCONNECTED"


# -- keys


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"Origin": "AWS_CLOUDHSM"}, "ValidationException"),
        ({"CustomKeyStoreId": "cks-1"}, "ValidationException"),
        ({"CustomKeyStoreId": "cks-1", "Origin": "EXTERNAL"}, "ValidationException"),
        ({"XksKeyId": "outside"}, "ValidationException"),
        (
            {"CustomKeyStoreId": "cks-1", "Origin": "AWS_CLOUDHSM", "XksKeyId": "outside"},
            "ValidationException",
        ),
        (
            {"CustomKeyStoreId": "cks-1", "Origin": "AWS_CLOUDHSM", "MultiRegion": True},
            "UnsupportedOperationException",
        ),
        (
            {"CustomKeyStoreId": "cks-1", "Origin": "AWS_CLOUDHSM"},
            "CustomKeyStoreNotFoundException",
        ),
    ],
)
def test_origin_and_store_of_a_key_go_together(kms, asked, code):
    with refused(code):
        kms.create(**asked)


@pytest.mark.parametrize("state", [state for state in STATES if state != "CONNECTED"])
def test_keys_and_random_bytes_are_made_in_connected_stores_only(kms, store, state):
    put_in(state)

    with refused("CustomKeyStoreInvalidStateException"):
        kms.create(Origin="AWS_CLOUDHSM", CustomKeyStoreId=store)
    with refused("CustomKeyStoreInvalidStateException"):
        kms("GenerateRandom", NumberOfBytes=8, CustomKeyStoreId=store)


def test_a_store_whose_module_is_gone_makes_nothing(kms, store):
    put_in(ConnectionState.CONNECTED)

    with refused("CloudHsmClusterInvalidConfigurationException"):
        kms.create(Origin="AWS_CLOUDHSM", CustomKeyStoreId=store)
    with refused("KMSInternalException"):
        kms("GenerateRandom", NumberOfBytes=8, CustomKeyStoreId=store)


def test_random_bytes_of_a_store_that_is_not_there(kms):
    with refused("CustomKeyStoreNotFoundException"):
        kms("GenerateRandom", NumberOfBytes=8, CustomKeyStoreId="cks-1")
