"""The client of XKS proxies, against one that runs."""

import base64
import socket
import time
from contextlib import ExitStack
from dataclasses import replace
from threading import Event

import pytest

from crypto.errors import (
    XksInsecure,
    XksInvalidResponse,
    XksRefused,
    XksTimedOut,
    XksUnreachable,
)
from crypto.provider import Request
from crypto.xks import ERRORS, Client, Encrypted, Proxy
from crypto.xks.transport import SECONDS
from tests.crypto.xks.conftest import client_of
from tests.support.certificates import Authority
from tests.support.xks_proxy import SECRET, STATUS, XksProxy

ARN = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
REQUEST = Request(
    "Encrypt", "4112f4d6", "arn:aws:iam::123456789012:user/Alice", "ssm.amazonaws.com"
)


def encrypted(client, plaintext=b"a secret"):
    return client.encrypt("key-1", plaintext, b"associated", REQUEST, ARN)


def decrypted(client, made, associated=b"associated"):
    return client.decrypt("key-1", made, associated, REQUEST, ARN)


def asked_of(proxy):
    (found,) = proxy.asked
    return found


# -- what it asks


@pytest.mark.parametrize("size", [0, 1, 4300])
def test_what_the_proxy_encrypts_it_decrypts(client, size):
    made = encrypted(client, bytes(size))

    assert decrypted(client, made) == bytes(size)


def test_an_encryption_says_who_asks_and_for_what(client, proxy):
    encrypted(client)

    assert asked_of(proxy) == (
        "encrypt",
        "key-1",
        {
            "requestMetadata": {
                "awsPrincipalArn": "arn:aws:iam::123456789012:user/Alice",
                "kmsKeyArn": ARN,
                "kmsOperation": "Encrypt",
                "kmsRequestId": "4112f4d6",
                "kmsViaService": "ssm.amazonaws.com",
            },
            "plaintext": base64.b64encode(b"a secret").decode(),
            "additionalAuthenticatedData": base64.b64encode(b"associated").decode(),
            "encryptionAlgorithm": "AES_GCM",
            "ciphertextDataIntegrityValueAlgorithm": "SHA_256",
        },
    )


def test_what_there_is_not_is_not_said(client, proxy):
    client.metadata("key-1", Request("CreateKey", "1", "arn:aws:iam::123456789012:root"))

    _, _, given = asked_of(proxy)
    assert set(given) == {"requestMetadata"}
    assert set(given["requestMetadata"]) == {"awsPrincipalArn", "kmsOperation", "kmsRequestId"}


def test_health_says_no_more_than_the_request_and_its_operation(client, proxy):
    found = client.health(Request("ConnectCustomKeyStore", "1", "arn:aws:iam::123456789012:root"))

    assert asked_of(proxy)[2] == {
        "requestMetadata": {"kmsRequestId": "1", "kmsOperation": "ConnectCustomKeyStore"}
    }
    assert found.is_usable
    assert (found.fleet_size, found.vendor, found.model, found.managers) == (
        1,
        "Acme",
        "Acme 1.0",
        ("ACTIVE",),
    )


def test_metadata_tells_what_the_key_is(client):
    found = client.metadata("key-1", REQUEST, ARN)

    assert (found.spec, found.usage, found.status) == ("AES_256", ("ENCRYPT", "DECRYPT"), "ENABLED")


def test_a_ciphertext_without_metadata_is_one_too(client, proxy):
    proxy.changes = {"plaintext": base64.b64encode(b"a secret").decode()}
    made = Encrypted(bytes(8), bytes(12), bytes(16))

    with pytest.raises(XksRefused, match="InvalidCiphertextException"):
        decrypted(client, made)

    assert "ciphertextMetadata" not in asked_of(proxy)[2]


# -- connections


def test_a_connection_is_kept_for_the_next_call(client, proxy):
    for _ in range(5):
        encrypted(client)

    assert proxy.connections == 1


def test_a_kept_connection_that_was_closed_meanwhile_is_no_failure(client, proxy):
    encrypted(client)
    proxy.stop()
    proxy.start()

    encrypted(client)


def test_a_connection_that_is_closed_in_the_middle_is_tried_once_more(client, proxy):
    proxy.fault = "hang up once"

    encrypted(client)

    assert proxy.connections == 2


# -- refusals


def test_all_errors_of_the_specification_are_known():
    assert set(STATUS) == ERRORS


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_a_refusal_is_told_by_its_name(client, proxy, name):
    proxy.fault = name

    with pytest.raises(XksRefused) as raised:
        encrypted(client)
    assert raised.value.reason == name


def test_a_wrong_secret_is_refused_by_the_proxy(proxy):
    forger = client_of(proxy, secret="x" * 43)

    with pytest.raises(XksRefused, match="AuthenticationFailedException"):
        encrypted(forger)


def test_a_wrong_path_is_refused_by_the_proxy(proxy):
    lost = client_of(proxy, path="/elsewhere/kms/xks/v1")

    with pytest.raises(XksRefused, match="InvalidUriPathException"):
        encrypted(lost)


def test_another_key_and_other_associated_data_decrypt_nothing(client):
    made = encrypted(client)

    for attempt in (
        lambda: decrypted(client, made, b"other"),
        lambda: client.decrypt("key-2", made, b"associated", REQUEST, ARN),
        lambda: decrypted(client, replace(made, metadata=b"version=2")),
    ):
        with pytest.raises(XksRefused, match="InvalidCiphertextException"):
            attempt()


# -- answers that are none


@pytest.mark.parametrize(
    "fault",
    [
        "garbage",
        "bottomless",
        "list",
        "not HTTP",
        "truncated",
        "huge",
        "redirect",
        "NovelException",
    ],
)
def test_what_is_no_answer_is_told_as_such(client, proxy, fault):
    proxy.fault = fault

    with pytest.raises(XksInvalidResponse):
        encrypted(client)
    assert not [path for path, _, _ in proxy.asked if "elsewhere" in path]


def b64(size):
    return base64.b64encode(bytes(size)).decode()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ciphertext", None),
        ("ciphertext", 8),
        ("ciphertext", "not base64"),
        ("ciphertext", "é"),
        ("ciphertext", b64(9)),
        ("initializationVector", b64(13)),
        ("authenticationTag", b64(12)),
        ("ciphertextMetadata", b64(21)),
        ("ciphertextDataIntegrityValue", None),
        ("ciphertextDataIntegrityValue", b64(32)),
    ],
)
def test_an_encryption_with_a_wrong_member_is_not_believed(client, proxy, name, value):
    proxy.changes = {name: value}

    with pytest.raises(XksInvalidResponse, match=name):
        encrypted(client)


@pytest.mark.parametrize("value", [None, b64(7), b64(9)])
def test_a_plaintext_of_another_length_is_not_believed(client, proxy, value):
    made = encrypted(client)
    proxy.changes = {"plaintext": value}

    with pytest.raises(XksInvalidResponse, match="plaintext"):
        decrypted(client, made)


def manager(**changed):
    return {"id": "1", "model": "x", "healthStatus": "ACTIVE", **changed}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("xksProxyFleetSize", 0),
        ("xksProxyFleetSize", True),
        ("xksProxyFleetSize", "1"),
        ("xksProxyVendor", None),
        ("ekmFleetDetails", []),
        ("ekmFleetDetails", ["x"]),
        ("ekmFleetDetails", [manager()] * 11),
        ("ekmFleetDetails", [manager(id=1)]),
        ("healthStatus", [manager(healthStatus="FINE")]),
    ],
)
def test_a_health_with_a_wrong_member_is_not_believed(client, proxy, name, value):
    proxy.changes = {"ekmFleetDetails" if name == "healthStatus" else name: value}

    with pytest.raises(XksInvalidResponse):
        client.health(REQUEST)


def test_a_proxy_none_of_whose_key_managers_is_up_is_of_no_use(client, proxy):
    down = manager(healthStatus="UNAVAILABLE")
    proxy.changes = {"ekmFleetDetails": [down, down]}
    assert not client.health(REQUEST).is_usable

    proxy.changes = {"ekmFleetDetails": [down, manager(healthStatus="DEGRADED")]}
    assert client.health(REQUEST).is_usable


@pytest.mark.parametrize(
    ("name", "value"),
    [("keySpec", 256), ("keyUsage", "ENCRYPT"), ("keyUsage", [1]), ("keyStatus", "ASLEEP")],
)
def test_metadata_with_a_wrong_member_is_not_believed(client, proxy, name, value):
    proxy.changes = {name: value}

    with pytest.raises(XksInvalidResponse, match=name):
        client.metadata("key-1", REQUEST)


# -- time


@pytest.mark.parametrize("fault", ["slow", "drip"])
def test_a_proxy_that_takes_too_long_is_not_waited_for(proxy, fault):
    proxy.fault = fault
    client = client_of(proxy, SECONDS)
    began = time.monotonic()

    with pytest.raises(XksTimedOut):
        encrypted(client)
    assert SECONDS * 0.9 < time.monotonic() - began < 2 * SECONDS


def test_more_calls_than_can_wait_are_turned_away(proxy, monkeypatch):
    monkeypatch.setattr("crypto.xks.transport.MOST_AT_ONCE", 1)
    client = client_of(proxy, 0.2)

    with client._transport._free, pytest.raises(XksTimedOut, match="Too many"):
        encrypted(client)
    assert encrypted(client)


@pytest.mark.parametrize("fault", ["drip", "drip body"])
@pytest.mark.parametrize("is_secure", [False, True])
def test_an_answer_that_came_too_slowly_keeps_nobody_waiting_afterwards(
    authority, monkeypatch, is_secure, fault
):
    monkeypatch.setattr("crypto.xks.transport.MOST_AT_ONCE", 1)
    proxy = XksProxy(authority.identity("proxy") if is_secure else None)
    client = client_of(proxy, 0.5, ca_bundle=str(authority.certificate))
    proxy.fault = fault
    with pytest.raises(XksTimedOut, match="in time"):
        encrypted(client)

    proxy.fault = ""
    assert encrypted(client)
    proxy.stop()


def test_on_a_connection_that_comes_about_too_late_nobody_waits(proxy, monkeypatch):
    client = client_of(proxy, 0.1)
    resolve, late, ended = socket.getaddrinfo, Event(), Event()
    release = client._transport._free.release

    def resolve_later(*given, **more):
        late.wait()
        return resolve(*given, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve_later)
    monkeypatch.setattr(client._transport._free, "release", lambda: (release(), ended.set()))
    proxy.fault = "drip"
    with pytest.raises(XksTimedOut, match="in time"):
        encrypted(client)
    late.set()

    assert ended.wait(1)


def test_the_limit_is_awss():
    assert SECONDS == 0.25


# -- no connection


def test_a_proxy_that_does_not_run_is_not_reachable(client, proxy):
    proxy.stop()

    with pytest.raises(XksUnreachable):
        encrypted(client)


def test_a_proxy_that_closes_every_connection_is_not_reachable(client, proxy):
    proxy.fault = "hang up"

    with pytest.raises(XksUnreachable):
        encrypted(client)


@pytest.mark.parametrize("host", ["nowhere.invalid", "a..b", "x" * 70])
def test_a_host_that_there_is_not_is_not_reachable(proxy, host):
    with pytest.raises((XksUnreachable, XksTimedOut)):
        encrypted(client_of(proxy, url=f"https://{host}"))


def test_a_host_that_takes_no_connection_is_not_reachable_within_the_time(proxy):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as silent, ExitStack() as waiting:
        port = silent.getsockname()[1]
        for _ in range(3):  # more than it lets wait
            line = waiting.enter_context(socket.socket())
            line.setblocking(False)
            line.connect_ex(("127.0.0.1", port))
        began = time.monotonic()

        with pytest.raises(XksUnreachable):
            encrypted(client_of(proxy, SECONDS, url=f"http://127.0.0.1:{port}"))
        assert time.monotonic() - began < 2 * SECONDS


# -- TLS


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def secure(authority):
    running = XksProxy(authority.identity("proxy"))
    yield running
    running.stop()


def test_a_certificate_of_the_right_authority_is_believed(secure, authority):
    client = client_of(secure, ca_bundle=str(authority.certificate))

    assert decrypted(client, encrypted(client)) == b"a secret"


def test_a_certificate_of_an_authority_that_is_not_known_is_not(secure, tmp_path):
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other")

    with pytest.raises(XksInsecure):
        encrypted(client_of(secure))
    with pytest.raises(XksInsecure):
        encrypted(client_of(secure, ca_bundle=str(other.certificate)))


def test_a_proxy_that_never_begins_with_tls_is_not_waited_for(proxy):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]

        with pytest.raises(XksTimedOut):
            encrypted(client_of(proxy, SECONDS, url=f"https://127.0.0.1:{port}"))


def test_a_certificate_for_another_name_is_not(secure, authority):
    url = secure.url.replace("127.0.0.1", "localhost")

    with pytest.raises(XksInsecure):
        encrypted(client_of(secure, url=url, ca_bundle=str(authority.certificate)))


def test_a_proxy_without_tls_where_tls_is_due_is_not_talked_to(proxy):
    with pytest.raises(XksInsecure):
        encrypted(client_of(proxy, url=proxy.url.replace("http:", "https:")))
    assert not proxy.asked


@pytest.mark.parametrize(
    "host", ["proxy.example", "192.0.2.1", "[2001:db8::1]", "localhost.example"]
)
def test_plain_http_is_for_this_machine_only_unless_it_is_allowed(proxy, host):
    with pytest.raises(XksInsecure):
        client_of(proxy, url=f"http://{host}")

    client_of(proxy, url=f"http://{host}", allow_http=True)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"])
def test_this_machine_needs_no_tls(proxy, host):
    client_of(proxy, url=f"http://{host}:1")


def test_no_secret_shows():
    made = Proxy("https://x", "/kms/xks/v1", "ABC", "eu-west-1", SECRET)

    assert SECRET not in f"{made!r} {Client(made)!r}"
