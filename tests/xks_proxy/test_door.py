"""The XKS door: what is refused before it becomes a call, and that all of it is recorded."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from botocore.credentials import Credentials
from django.test import Client, override_settings

from crypto.errors import CannotOpen
from iam import access_keys, authenticate
from service.call import call
from service.errors import Unavailable, ValidationFailed
from tests.rest.asking import last_record, records
from tests.support import people
from tests.support.xks_proxy import STATUS
from tests.xks_proxy.asking import METADATA, Kms, error
from xks_proxy import answers, credentials, door
from xks_proxy.operations.create_proxy import CreateProxy
from xks_proxy.operations.delete_proxy import DeleteProxy

REFUSED = (401, "AuthenticationFailedException")


@pytest.fixture
def before(kms, key):
    """How many records there are before the request."""
    return len(records())


def only_record(before):
    (found,) = records()[before:]
    return found


def test_a_request_that_is_signed_is_answered(kms, before):
    response = kms.health()

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert json.loads(response.content) == {
        "xksProxyFleetSize": 1,
        "xksProxyVendor": "Strongroom",
        "xksProxyModel": "Strongroom 0.1.0",
        "ekmVendor": "Strongroom",
        "ekmFleetDetails": [
            {"id": "strongroom", "model": "Strongroom 0.1.0", "healthStatus": "ACTIVE"}
        ],
    }


def test_a_call_is_recorded_with_what_the_other_side_says_of_it(kms, key, made, before):
    kms.encrypt(key, b"a secret")

    record = only_record(before)
    assert record["eventSource"] == "kms-xks-proxy.amazonaws.com"
    assert record["eventName"] == "Encrypt"
    assert record["requestParameters"] == {
        "externalKeyId": key,
        "requestMetadata": METADATA,
        "encryptionAlgorithm": "AES_GCM",
        "ciphertextDataIntegrityValueAlgorithm": "SHA_256",
    }
    assert record["responseElements"] is None
    assert record["additionalEventData"] == {"door": "xks"}
    assert record["awsRegion"] == "us-east-1"
    assert record["recipientAccountId"] == people.ACCOUNT
    assert record["userIdentity"]["userName"] == "holder"
    assert record["userIdentity"]["accessKeyId"] == made.credential.access_key_id
    assert [each["ARN"] for each in record["resources"]] == [
        f"arn:aws:kms:us-east-1:{people.ACCOUNT}:key/{key}"
    ]


def test_members_that_nobody_knows_are_no_error(kms, key, before):
    response = kms.metadata(key, requestMetadata={**METADATA, "sourceIdentity": "x"}, more=1)

    assert response.status_code == 200
    assert "sourceIdentity" not in only_record(before)["requestParameters"]["requestMetadata"]


# -- who calls


def unsigned(kms):
    return Kms(kms.path, None).health()


def forged(kms):
    return Kms(kms.path, Credentials(kms.credentials.access_key, "x" * 43)).health()


def unknown(kms):
    return Kms(kms.path, Credentials("XKSAAAAAAAAAAAAAAAAA", "x" * 43)).health()


def of_a_user(kms):
    key = access_keys.create(people.account(), people.user("someone", "*"))
    return Kms(kms.path, Credentials(key.access_key_id, key.secret)).health()


WRONG = {
    "unsigned": unsigned,
    "forged": forged,
    "unknown": unknown,
    "signed with an access key of IAM": of_a_user,
    "for another service": lambda kms: kms.ask("health", {}, service="kms"),
    "too old": lambda kms: kms.ask("health", {}, at=datetime.now(UTC) - timedelta(minutes=6)),
    "too early": lambda kms: kms.ask("health", {}, at=datetime.now(UTC) + timedelta(minutes=6)),
    "for another host": lambda kms: kms.ask("health", {}, HTTP_HOST="elsewhere.example"),
    "with another path": lambda kms: kms.ask("health", {}, PATH_INFO=kms.path + "/keys/x/decrypt"),
    "with a session token": lambda kms: kms.ask("health", {}, HTTP_X_AMZ_SECURITY_TOKEN="x"),
}


@pytest.mark.parametrize("way", WRONG)
def test_a_signature_that_does_not_hold_is_refused_and_recorded(kms, before, way):
    assert error(WRONG[way](kms)) == REFUSED

    record = only_record(before)
    assert record["userIdentity"]["type"] == "Unknown"
    assert record["recipientAccountId"] == people.ACCOUNT
    assert record["errorCode"].endswith("Exception")


def test_another_body_than_the_signed_one_is_refused(kms, key, before):
    response = kms.ask("health", {}, **{"wsgi.input": BytesIO(b"[]")})

    assert error(response) == REFUSED


@pytest.mark.parametrize("region", ["us-east-2", "eu-central-1", "mars-north-1"])
def test_the_region_is_where_the_other_side_is(kms, region):
    """Which need not be served here."""
    body = {"requestMetadata": {"kmsRequestId": "1", "kmsOperation": "KmsHealthCheck"}}
    with override_settings(STRONGROOM_REGIONS=["us-east-1"]):
        assert kms.ask("health", body, region=region).status_code == 200


def test_a_record_of_a_stranger_goes_to_the_account_of_the_proxy(own, kms):
    people.user("holder", number=people.OTHER_ACCOUNT)
    other = call(
        people.caller_of(people.root(people.OTHER_ACCOUNT), "eu-west-1"),
        CreateProxy,
        {"UserName": "holder"},
    )
    Kms(other.proxy.uri_path, None).health()

    assert last_record()["recipientAccountId"] == people.OTHER_ACCOUNT
    assert last_record()["awsRegion"] == "eu-west-1"


# -- what is asked for


@pytest.mark.parametrize(
    "url",
    [
        "{}/",
        "{}",
        "{}/healthy",
        "{}/health/",
        "{}/keys",
        "{}/keys/x",
        "{}/keys/x/sign",
        "{}/keys//encrypt",
        "{}/keys/x/encrypt/y",
        "/x{}/health",
        "/elsewhere/kms/xks/v1/health",
        "/kms/xks/v1/health",
    ],
)
def test_a_path_that_leads_nowhere_is_told_to_who_signed(kms, before, url):
    response = kms.ask("", {}, url=url.format(kms.path))

    assert error(response) == (404, "InvalidUriPathException")
    assert only_record(before)["userIdentity"]["userName"] == "holder"


@pytest.mark.parametrize("url", ["/elsewhere/kms/xks/v1/health", "{}/nothing"])
def test_and_not_to_others(kms, before, url):
    response = Kms(kms.path, None).ask("", {}, url=url.format(kms.path))

    assert error(response) == REFUSED
    assert only_record(before)["errorCode"] == "MissingAuthenticationTokenException"


def test_the_path_of_another_proxy_is_not_for_this_credential(own, kms, before):
    people.user("other", "*")
    other = call(people.caller_of(people.root()), CreateProxy, {"UserName": "other"})

    response = kms.ask("", {}, url=f"{other.proxy.uri_path}/health")

    assert error(response) == (404, "InvalidUriPathException")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_nothing_but_a_post_is_taken(kms, before, method):
    response = kms.ask("health", b"", method=method)

    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert only_record(before)["errorCode"] == "MethodNotAllowedException"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[]", b"null", b'"x"', b"[" * 5000, b'{"requestMetadata": "x"}']
)
def test_a_body_that_cannot_be_read_is_refused(kms, key, before, body):
    response = kms.ask(f"keys/{key}/encrypt", body)

    assert error(response) == (400, "ValidationException")
    record = only_record(before)
    assert record["eventName"] == "Encrypt"
    assert record["errorCode"] == "SerializationException"
    assert record["userIdentity"]["userName"] == "holder"


def test_a_body_that_is_too_long_is_not_read(kms, key, before):
    with override_settings(STRONGROOM_MAX_BODY_BYTES=100):
        response = kms.encrypt(key, bytes(100))

    assert error(response) == (501, "UnsupportedOperationException")
    assert only_record(before)["errorCode"] == "RequestEntityTooLargeException"


def test_a_browsers_page_token_is_not_asked_for(kms):
    response = Client(enforce_csrf_checks=True).post(
        f"{kms.path}/health", b"{}", "application/json"
    )

    assert error(response) == REFUSED


# -- what goes wrong here


def test_what_cannot_be_recorded_is_not_answered(kms, key, monkeypatch):
    def fail(event):
        raise Unavailable

    monkeypatch.setattr("audit.trail.record", fail)

    assert error(kms.encrypt(key)) == (500, "InternalException")


def test_a_failure_here_is_told_as_no_more_than_that(kms, before, monkeypatch, caplog):
    def fail(*given):
        raise CannotOpen("the secret of it")

    monkeypatch.setattr(credentials.vault, "open_sealed", fail)

    assert error(kms.health()) == (500, "InternalException")
    assert only_record(before)["errorCode"] == "InternalFailure"
    assert "GetHealthStatus failed in the door: CannotOpen" in caplog.text
    assert "the secret of it" not in caplog.text


def test_a_failure_to_answer_is_one_too(kms, monkeypatch):
    monkeypatch.setattr(door.answers, "success", lambda output: 1 / 0)

    assert error(kms.health()) == (500, "InternalException")


def test_health_of_a_proxy_that_was_deleted_this_moment_is_a_failure(kms, made, monkeypatch):
    signer = authenticate.signer

    def and_gone(*given):
        found = signer(*given)
        root = people.caller_of(people.root())
        call(root, DeleteProxy, {"Prefix": made.proxy.prefix})
        return found

    monkeypatch.setattr(authenticate, "signer", and_gone)

    assert error(kms.health()) == (500, "InternalException")


def test_every_error_has_a_name_of_the_specification():
    told = {name: status for status, name in answers.ERRORS.values() if status != 405}
    assert told.items() <= STATUS.items()


def test_a_message_is_printable_and_not_too_long():
    response = answers.failure(ValidationFailed("é\n" + "x" * 1000))

    assert error(response) == (400, "ValidationException")
    assert json.loads(response.content)["errorMessage"].startswith("??xxx")
