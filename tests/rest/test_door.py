"""REST's door: each way to be wrong has its problem, and every request leaves one record."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from botocore.credentials import Credentials
from django.test import override_settings

from iam import revision
from iam.models import AccessKey, User
from rest import views
from rest.models import ApiToken
from service.errors import Unavailable
from tests.rest.asking import Rest, last_record, problem, records, token_of
from tests.support import people


def refusal(response):
    """The problem of a response, after a look at its one record."""
    (record,) = records()
    status, code = problem(response)
    assert record["errorCode"] == code
    assert record["requestID"] == response["X-Request-Id"]
    return status, code


# -- signatures


def test_a_secret_that_is_not_the_keys_is_refused(credentials):
    forger = Rest(Credentials(credentials.access_key, "not the secret"))

    assert refusal(forger.get("keys")) == (401, "InvalidSignatureException")
    assert last_record()["userIdentity"]["accessKeyId"] == credentials.access_key


def test_an_access_key_that_is_not_known_is_refused(credentials):
    stranger = Rest(Credentials("AKIAUNKNOWNUNKNOWN00", credentials.secret_key))

    assert refusal(stranger.get("keys")) == (401, "UnrecognizedClientException")


def test_an_access_key_that_was_switched_off_is_refused(rest, credentials):
    AccessKey.objects.filter(id=credentials.access_key).update(active=False)

    assert refusal(rest.get("keys")) == (401, "UnrecognizedClientException")


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_signature_of_another_time_is_refused(rest, minutes):
    at = datetime.now(UTC) + timedelta(minutes=minutes)

    assert refusal(rest.get("keys", at=at)) == (401, "InvalidSignatureException")


@pytest.mark.parametrize("service", ["kms", "iam", "sts"])
def test_a_signature_for_another_service_is_refused(rest, service):
    assert refusal(rest.get("keys", service=service)) == (401, "InvalidSignatureException")


def test_a_signature_for_a_region_that_is_none_is_refused(rest):
    assert refusal(rest.get("keys", region="mars-1")) == (401, "InvalidSignatureException")


@pytest.mark.parametrize(
    "changed",
    [
        {"PATH_INFO": "/api/v1/aliases"},
        {"QUERY_STRING": "limit=1"},
        {"REQUEST_METHOD": "DELETE"},
        {"HTTP_HOST": "elsewhere.example"},
        {"wsgi.input": BytesIO(b"{}"), "CONTENT_LENGTH": "2"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_request_that_was_changed_on_its_way_is_refused(rest, changed):
    assert refusal(rest.get("keys", environ=changed)) == (401, "InvalidSignatureException")


def test_a_path_that_a_signature_does_not_tell_apart_is_refused(rest):
    response = rest.get("keys/alias/x", environ={"PATH_INFO": "/api/v1/keys/alias/y/../x"})

    assert refusal(response) == (404, "UnknownOperationException")


def test_the_region_of_the_signature_is_the_calls(rest):
    rest.get("keys", region="eu-west-1")

    assert last_record()["awsRegion"] == "eu-west-1"


def test_a_region_that_is_not_the_signatures_is_refused(rest):
    response = rest.get("keys", headers={"X-Strongroom-Region": "eu-west-1"})

    assert refusal(response) == (400, "ValidationException")


def test_the_region_of_the_signature_may_be_said_again(rest):
    response = rest.get("keys", headers={"X-Strongroom-Region": "us-east-1"})

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("", "MissingAuthenticationTokenException"),
        ("Basic YWRtaW46cGFzc3dvcmQ=", "IncompleteSignatureException"),
        ("AWS4-HMAC-SHA256", "IncompleteSignatureException"),
        ("AWS4-HMAC-SHA256 Credential=AKIA/x", "IncompleteSignatureException"),
        ("Bearer", "UnrecognizedClientException"),
        ("Bearer ", "UnrecognizedClientException"),
        ("Bearer strong_", "UnrecognizedClientException"),
        ("Bearer \x00\xff", "UnrecognizedClientException"),
        ("Bearer " + "a" * 100_000, "UnrecognizedClientException"),
        ("Bearer strong_" + "0" * 72, "UnrecognizedClientException"),
    ],
    ids=lambda value: value[:20],
)
def test_an_authorization_that_is_none_is_refused(credentials, authorization, code):
    response = Rest(Authorization=authorization).get("keys")

    assert refusal(response) == (401, code)
    assert "Bearer" in response["WWW-Authenticate"]


# -- tokens


def test_a_token_that_has_expired_is_refused_in_its_accounts_trail(administrator):
    late = Rest(token=token_of(administrator, lifetime=timedelta(0)))

    assert refusal(late.get("keys")) == (401, "ExpiredTokenException")
    record = last_record()
    assert record["recipientAccountId"] == administrator.account_id
    assert record["userIdentity"]["accessKeyId"] == ApiToken.objects.get().id


def test_a_token_expires_though_it_was_used_a_moment_ago(administrator):
    client = Rest(token=token_of(administrator, lifetime=timedelta(days=1)))
    assert client.get("keys").status_code == 200
    late = datetime.now(UTC) + timedelta(days=1)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("iam.authenticate.datetime", _Clock(late))
        assert problem(client.get("keys")) == (401, "ExpiredTokenException")


class _Clock:
    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self, zone: object) -> datetime:
        return self._now


def test_a_token_of_another_is_told_by_its_checksum_alone(administrator, django_assert_num_queries):
    text = token_of(administrator)
    wrong = text[:-1] + ("0" if text[-1] != "0" else "1")

    from rest import tokens

    with django_assert_num_queries(0):
        assert tokens.found(wrong) is None


def test_a_token_that_was_revoked_is_refused_at_once(rest, administrator):
    client = Rest(token=token_of(administrator))
    assert client.get("keys").status_code == 200

    rest.delete(f"tokens/{ApiToken.objects.get().id}")

    assert problem(client.get("keys")) == (401, "UnrecognizedClientException")


def test_a_token_goes_with_its_user(rest):
    user = people.user("leaver", "*")
    client = Rest(token=token_of(user))
    assert client.get("keys").status_code == 200

    user.delete()
    revision.move_on()

    assert problem(client.get("keys")) == (401, "UnrecognizedClientException")


def test_a_tokens_region_is_the_headers_or_the_first(bearer):
    bearer.get("keys")
    assert last_record()["awsRegion"] == "us-east-1"

    bearer.get("keys", headers={"X-Strongroom-Region": "eu-west-1"})
    assert last_record()["awsRegion"] == "eu-west-1"


def test_a_region_that_is_not_served_is_refused(bearer):
    response = bearer.get("keys", headers={"X-Strongroom-Region": "mars-1"})

    assert refusal(response) == (400, "ValidationException")


def test_a_token_acts_with_what_its_user_may(credentials):
    reader = Rest(token=token_of(people.user("reader", "kms:ListKeys")))

    assert reader.get("keys").status_code == 200
    assert problem(reader.post("keys")) == (403, "AccessDeniedException")


def test_a_tokens_last_use_is_noted(bearer):
    bearer.get("keys")

    used = ApiToken.objects.get().last_used
    assert used is not None
    assert datetime.now(UTC) - used < timedelta(minutes=1)


# -- paths and methods


@pytest.mark.parametrize(
    "path",
    ["nothing", "", "keys/", "keys//", "keys/x/y", "/api/", "/api/v2/keys", "keys/./x", "a\x00b"],
)
def test_a_path_that_leads_nowhere_is_refused(rest, bearer, path):
    from urllib.parse import quote

    assert refusal(bearer.get(quote(path))) == (404, "UnknownOperationException")
    assert last_record()["eventName"] == "Invoke"


def test_who_is_nobody_does_not_learn_what_leads_nowhere(credentials):
    assert refusal(Rest().get("nothing")) == (401, "MissingAuthenticationTokenException")


@pytest.mark.parametrize("method", ["DELETE", "PUT", "OPTIONS", "HEAD", "TRACE", "PURGE"])
def test_a_method_that_the_resource_does_not_know_is_refused(bearer, method):
    response = bearer.ask(method, "keys")

    assert response.status_code == 405
    assert response["Allow"] == "GET, POST"
    assert [record["errorCode"] for record in records()] == ["MethodNotAllowedException"]


# -- members


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("keys?limit=1&limit=2", "ValidationException"),
        ("keys?limit=0", "ValidationException"),
        ("keys?limit=1001", "ValidationException"),
        ("keys?limit=x", "SerializationException"),
        ("keys?limit=%D9%A1", "SerializationException"),
        ("keys?limit=99999999999", "SerializationException"),
        ("keys?limit=9999999999", "SerializationException"),
        ("keys?limit=", "SerializationException"),
        ("keys?marker=garbage", "InvalidMarkerException"),
        ("keys?Limit=1", "ValidationException"),
        ("keys?x=1", "ValidationException"),
        ("keys?marker=%ff", "ValidationException"),
        ("keys/x?key_id=y", "ValidationException"),
        ("aliases?key_id=y", "ValidationException"),
        ("whoami?x=1", "ValidationException"),
        ("audit/events?lookup_attributes=x", "ValidationException"),
        ("audit/events?max_results=1", "ValidationException"),
        ("audit/events?start_time=yesterday", "SerializationException"),
        ("tokens?user_name=nobody", "ValidationException"),
        ("tokens?all_users=true", "ValidationException"),
    ],
)
def test_a_query_that_is_not_the_resources_is_refused(bearer, path, code):
    assert refusal(bearer.get(path)) == (400, code)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "SerializationException"),
        (b"[]", 400, "SerializationException"),
        (b"null", 400, "SerializationException"),
        (b'"x"', 400, "SerializationException"),
        (b"\xff", 400, "SerializationException"),
        (b"\xef\xbb\xbf{}", 400, "SerializationException"),
        (b"{}{}", 400, "SerializationException"),
        (b'{"description": NaN}', 400, "SerializationException"),
        (b'{"description": "\\ud800"}', 400, "SerializationException"),
        (b'{"description": "a", "description": "b"}', 400, "SerializationException"),
        (b'{"tags": [{"tag_key": "a", "tag_key": "b"}]}', 400, "SerializationException"),
        (b"[" * 100_000, 400, "SerializationException"),
        (b'{"description": ' + b"1" * 10_000 + b"}", 400, "SerializationException"),
        (b'{"description": 1}', 400, "SerializationException"),
        (b'{"Description": "x"}', 400, "ValidationException"),
        (b'{"key_id": "x"}', 400, "ValidationException"),
        (b'{"tags": [null]}', 400, "SerializationException"),
        (b'{"tags": [{}]}', 400, "ValidationException"),
        (b'{"policy": "{}"}', 400, "SerializationException"),
        (b'{"policy": {"a": 1e999}}', 400, "SerializationException"),
        (b'{"policy": {}}', 400, "MalformedPolicyDocumentException"),
        (b'{"description": "' + b"x" * 8193 + b'"}', 400, "ValidationException"),
        (b'{"description": "' + b"x" * 2**20 + b'"}', 413, "RequestEntityTooLargeException"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_body_that_is_wrong_is_refused(bearer, body, status, code):
    assert refusal(bearer.post("keys", body)) == (status, code)


def test_a_member_that_the_path_names_is_not_taken_from_the_body(bearer):
    response = bearer.post("keys/x/encrypt", {"key_id": "y", "plaintext": "cA=="})

    assert refusal(response) == (400, "ValidationException")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/json"])
def test_a_body_that_does_not_say_it_is_json_is_refused(bearer, kind):
    response = bearer.post("keys", {}, headers={"Content-Type": kind})

    assert refusal(response) == (415, "UnsupportedMediaTypeException")


def test_a_charset_may_be_said(bearer):
    kind = {"Content-Type": "application/json; charset=utf-8"}

    assert bearer.post("keys", {}, headers=kind).status_code == 201


def test_a_body_where_none_belongs_is_refused(bearer):
    assert refusal(bearer.ask("GET", "keys", {"limit": 1})) == (400, "ValidationException")


def test_a_body_of_unknown_length_is_read_to_its_end(bearer):
    body = BytesIO(b'{"description": "in chunks"}')

    response = bearer.post(
        "keys",
        environ={"CONTENT_LENGTH": "", "wsgi.input": body, "CONTENT_TYPE": "application/json"},
    )

    assert response.json()["description"] == "in chunks"


@pytest.mark.parametrize("length", ["3", "-1", "x", "9" * 30])
def test_a_body_that_is_not_what_its_length_says_is_refused(bearer, length):
    environ = {"CONTENT_LENGTH": length, "wsgi.input": BytesIO(b"{}")}

    assert refusal(bearer.post("keys", environ=environ)) == (400, "SerializationException")


# -- what goes wrong in here


def test_what_goes_wrong_in_the_door_is_told_as_a_failure_without_its_reason(
    bearer, monkeypatch, caplog
):
    def broken(*given):
        raise RuntimeError("a secret")

    monkeypatch.setattr(views, "parse", broken)
    response = bearer.post("keys")

    assert refusal(response) == (500, "InternalFailure")
    assert b"a secret" not in response.content
    assert "a secret" not in caplog.text
    assert "RuntimeError at" in caplog.text


def test_what_cannot_be_recorded_is_not_answered(bearer, monkeypatch):
    def unavailable(*given):
        raise Unavailable

    monkeypatch.setattr("service.call.trail.record", unavailable)

    assert problem(bearer.get("keys")) == (503, "ServiceUnavailableException")
    assert problem(Rest().get("keys")) == (503, "ServiceUnavailableException")


def test_a_refusal_that_breaks_is_a_failure(bearer, monkeypatch):
    def broken(*given):
        raise RuntimeError

    monkeypatch.setattr("service.call.trail.record", broken)

    assert problem(Rest().get("keys")) == (500, "InternalFailure")


def test_requests_are_counted_by_operation_and_code(bearer, monkeypatch):
    counted = []
    monkeypatch.setattr("rest.views.metrics.observe", lambda *given: counted.append(given[:2]))

    bearer.get("keys")
    bearer.get("keys?x=1")
    bearer.get("nothing")

    assert counted == [
        ("kms:ListKeys", ""),
        ("kms:ListKeys", "ValidationException"),
        ("execute-api:Invoke", "UnknownOperationException"),
    ]


def test_no_answer_is_kept_by_caches(bearer):
    for response in (bearer.get("keys"), bearer.get("nothing"), Rest().get("keys")):
        assert response["Cache-Control"] == "no-store"


def test_a_token_is_in_no_record_and_no_log(administrator, caplog):
    text = token_of(administrator)

    Rest(token=text).get("keys")
    Rest(token=text[:-1]).get("keys")
    Rest(token=text).get("nothing")

    assert text[7:40] not in json.dumps(records()) + caplog.text


@override_settings(STRONGROOM_TRUSTED_PROXIES=["127.0.0.1"])
def test_where_a_call_came_from_is_recorded(bearer):
    headers = {"X-Forwarded-For": "198.51.100.1, 192.0.2.7", "User-Agent": "curl/8"}

    bearer.get("keys", headers=headers)

    record = last_record()
    assert (record["sourceIPAddress"], record["userAgent"]) == ("192.0.2.7", "curl/8")


def test_a_policy_may_ask_for_tls(rest):
    user: User = people.user("careful")
    people.attach(
        user,
        people.statement(
            "Allow", "kms:ListKeys", Condition={"Bool": {"aws:SecureTransport": "true"}}
        ),
    )
    client = Rest(token=token_of(user))

    assert problem(client.get("keys")) == (403, "AccessDeniedException")
    assert client.get("keys", environ={"wsgi.url_scheme": "https"}).status_code == 200
