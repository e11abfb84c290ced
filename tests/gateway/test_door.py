"""The AWS door: each way to be wrong has AWS's error, and every request leaves one record."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from botocore.credentials import Credentials
from django.test import Client

from audit.models import Record
from gateway import door
from iam import authenticate, revision
from iam.models import AccessKey
from keys.models import Key
from service import call as road
from service.errors import Unavailable
from tests.support import people
from tests.support.signing import HOST, environ, signed_headers

XMLNS = "{https://sts.amazonaws.com/doc/2011-06-15/}"
JSON = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "TrentService.ListKeys"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def records():
    return [json.loads(bytes(body)) for body in Record.objects.values_list("body", flat=True)]


def last_record():
    (record,) = records()[-1:]
    return record


def test_a_json_service_is_answered(knock):
    status, answer = knock.json("TrentService.ListKeys")

    assert (status, answer) == (200, {"Keys": [], "Truncated": False})
    assert last_record()["eventName"] == "ListKeys"


def test_who_am_i_in_xml(knock):
    status, answer = knock.query("Action=GetCallerIdentity&Version=2011-06-15")

    assert status == 200
    arn = answer.find(f"{XMLNS}GetCallerIdentityResult/{XMLNS}Arn")
    assert arn is not None
    assert arn.text == "arn:aws:iam::123456789012:user/administrator"
    assert last_record()["eventSource"] == "sts.amazonaws.com"


def test_an_answer_bears_the_id_of_its_record(knock):
    _, headers, _ = knock.send(b"{}", JSON)

    assert dict(headers)["x-amzn-RequestId"] == last_record()["requestID"]
    assert dict(headers)["Content-Type"] == "application/x-amz-json-1.1"


def test_where_a_call_came_from_is_recorded(knock):
    knock.json("TrentService.ListKeys", headers={"User-Agent": "aws-cli/2"})

    record = last_record()
    assert (record["sourceIPAddress"], record["userAgent"]) == ("192.0.2.7", "aws-cli/2")
    assert record["additionalEventData"] == {"door": "aws"}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "not valid JSON"),
        (b'{"a": "\\ud800"}', "not valid JSON"),
        (b"[" * 5000, "not valid JSON"),
        (b"[]", "must be a JSON object"),
        (b'{"Limit": "1"}', "STRING_VALUE can not be converted to an Integer"),
        (b'{"Limit": 1.5}', "NUMBER_VALUE can not be converted to an Integer"),
        (b'{"Limit": true}', "BOOLEAN_VALUE can not be converted to an Integer"),
        (b'{"Limit": 4294967296}', "too large for an Integer"),
        (b'{"Marker": {}}', "START_OBJECT can not be converted to a String"),
    ],
)
def test_a_body_that_cannot_be_read_is_told_so(knock, body, says):
    status, answer = knock.json("TrentService.ListKeys", body)

    assert (status, answer["__type"]) == (400, "SerializationException")
    assert says in answer["message"]
    assert last_record()["errorCode"] == "SerializationException"
    assert last_record()["userIdentity"]["userName"] == "administrator"


def test_a_constraint_of_the_model_is_held(knock):
    status, answer = knock.json("TrentService.ListKeys", {"Limit": 0})

    assert status == 400
    assert answer == {
        "__type": "ValidationException",
        "message": "1 validation error detected: Value '0' at 'limit' failed to satisfy "
        "constraint: Member must have value greater than or equal to 1",
    }


def test_where_aws_says_nothing_nothing_is_said(knock):
    status, answer = knock.json("TrentService.Decrypt", {"CiphertextBlob": "bm9uc2Vuc2U="})

    assert (status, answer) == (400, {"__type": "InvalidCiphertextException"})


def test_members_that_the_model_does_not_know_are_ignored(knock):
    assert knock.json("TrentService.ListKeys", {"Unheard": {"of": [1]}, "Limit": None})[0] == 200


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("TrentService.Frobnicate", "Frobnicate"),
        ("TrentService.", "Unknown"),
    ],
)
def test_what_is_unknown_or_not_built_says_so(knock, target, name):
    status, answer = knock.json(target)

    assert (status, answer["__type"]) == (400, "UnknownOperationException")
    assert (last_record()["eventName"], last_record()["errorCode"]) == (
        name,
        "UnknownOperationException",
    )


def test_another_json_service_is_known_by_its_target(knock):
    status, answer = knock.json("AmazonSSM.DescribeInstanceInformation", service="ssm")

    assert (status, answer["__type"]) == (400, "UnknownOperationException")
    assert last_record()["eventSource"] == "ssm.amazonaws.com"


@pytest.mark.parametrize("target", ["", "Nothing.ListKeys", "TrentService", "ü.x"])
def test_a_target_of_no_service_is_refused_and_recorded(knock, target):
    status, answer = knock.json(target.encode("latin-1").decode("latin-1"))

    assert (status, answer["__type"]) == (400, "UnknownOperationException")
    assert len(records()) == 1


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/cbor", ""])
def test_a_wrong_content_type_is_not_understood(knock, kind):
    status, _, body = knock.send(b"{}", {**JSON, "Content-Type": kind})

    assert (status, body) == (404, b"<UnknownOperationException/>\n")
    assert last_record()["errorCode"] == "UnknownOperationException"


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_over_the_limit_is_refused(knock, settings, declared):
    settings.STRONGROOM_MAX_BODY_BYTES = 10
    more = {} if declared else {"CONTENT_LENGTH": ""}

    status, answer = knock.json("TrentService.ListKeys", b'{"Marker": "abc"}', **more)

    assert (status, answer["__type"]) == (413, "RequestEntityTooLargeException")
    assert last_record()["errorCode"] == "RequestEntityTooLargeException"


def test_a_body_of_unknown_length_is_read_to_its_end(knock):
    assert knock.json("TrentService.ListKeys", b"{}", CONTENT_LENGTH="")[0] == 200


@pytest.mark.parametrize("length", ["3", "x", "-1", "9" * 30])
def test_a_body_that_is_not_what_its_length_says_is_refused(knock, length):
    status, answer = knock.json("TrentService.ListKeys", b"{}", CONTENT_LENGTH=length)

    assert (status, answer["__type"]) == (400, "SerializationException")


def test_an_empty_body_is_an_empty_object(knock):
    assert knock.json("TrentService.ListKeys", b"")[0] == 200


# -- who calls


def test_a_request_without_a_signature_is_refused(administrator):
    status, _, body = door.answer(environ(b"{}", JSON))

    assert (status, json.loads(body)["__type"]) == (400, "MissingAuthenticationTokenException")
    record = last_record()
    assert record["userIdentity"] == {"type": "Unknown"}
    assert record["recipientAccountId"] == people.ACCOUNT


def test_an_unknown_access_key_is_refused(administrator):
    headers = signed_headers(Credentials("AKIANOBODY", "x"), "kms", "eu-west-1", b"{}", JSON)

    status, _, body = door.answer(environ(b"{}", headers))

    assert (status, json.loads(body)["__type"]) == (400, "UnrecognizedClientException")
    record = last_record()
    assert record["userIdentity"]["accessKeyId"] == "AKIANOBODY"
    assert record["awsRegion"] == "eu-west-1"


def test_an_inactive_access_key_is_refused(knock):
    AccessKey.objects.update(active=False)
    revision.forget()

    assert knock.json("TrentService.ListKeys")[1]["__type"] == "UnrecognizedClientException"


def test_a_session_token_that_nobody_gave_is_refused(administrator, knock):
    knock.credentials = Credentials(administrator.access_key, administrator.secret_key, "token")

    assert knock.json("TrentService.ListKeys")[1]["__type"] == "UnrecognizedClientException"


def test_a_wrong_secret_is_refused_in_the_words_of_each_protocol(administrator, knock):
    knock.credentials = Credentials(administrator.access_key, "wrong")

    assert knock.json("TrentService.ListKeys")[1]["__type"] == "InvalidSignatureException"
    assert last_record()["errorCode"] == "InvalidSignatureException"
    status, answer = knock.query("Action=GetCallerIdentity&Version=2011-06-15")
    assert status == 403
    assert answer.find(f"{XMLNS}Error/{XMLNS}Code").text == "SignatureDoesNotMatch"
    assert last_record()["errorCode"] == "SignatureDoesNotMatch"
    assert last_record()["eventName"] == "GetCallerIdentity"


def test_what_a_stranger_asks_of_a_query_service_is_not_read(administrator):
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    headers = signed_headers(Credentials("AKIANOBODY", "x"), "sts", "us-east-1", body, FORM)

    status, _, _ = door.answer(environ(body, headers))

    record = last_record()
    assert status == 403
    assert (record["eventSource"], record["eventName"]) == ("sts.amazonaws.com", "Unknown")
    assert record["errorCode"] == "InvalidClientTokenId"


def test_an_expired_signature_is_refused(administrator):
    then = datetime.now(UTC) - timedelta(minutes=6)
    headers = signed_headers(administrator, "kms", "us-east-1", b"{}", JSON, at=then)

    _, _, body = door.answer(environ(b"{}", headers))

    assert "Signature expired" in json.loads(body)["message"]


def test_a_signature_for_another_service_is_refused(knock):
    answer = knock.json("TrentService.ListKeys", service="ssm")[1]

    assert answer["__type"] == "InvalidSignatureException"
    assert "correct service: 'kms'" in answer["message"]


def test_a_refusal_reads_as_awss(nobody):
    status, answer = nobody.json("TrentService.ListKeys")

    assert (status, answer["__type"]) == (400, "AccessDeniedException")
    assert answer["message"].endswith(
        "is not authorized to perform: kms:ListKeys "
        "because no identity-based policy allows the kms:ListKeys action"
    )


# -- the query protocol


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ("Action=Frobnicate&Version=2011-06-15", "Frobnicate for version 2011-06-15"),
        ("Action=GetCallerIdentity&Version=1999-01-01", "GetCallerIdentity for version 1999-01-01"),
        ("", " for version 2011-06-15"),
        ("Action=%ff", " for version 2011-06-15"),
        ("&".join(f"a{number}=1" for number in range(2100)), " for version 2011-06-15"),
    ],
)
def test_a_form_that_asks_for_nothing_known_is_refused(knock, body, asked):
    status, answer = knock.query(body)

    assert status == 400
    assert answer.find(f"{XMLNS}Error/{XMLNS}Code").text == "InvalidAction"
    message = answer.find(f"{XMLNS}Error/{XMLNS}Message").text
    assert message == f"Could not find operation {asked}"
    (record,) = records()
    assert (record["errorCode"], record["errorMessage"]) == ("InvalidAction", message)


# -- when something is wrong in here


def test_a_call_that_cannot_be_recorded_is_not_answered(knock, monkeypatch):
    def full(event):
        raise Unavailable

    monkeypatch.setattr(road.trail, "record", full)

    assert knock.json("TrentService.ListKeys") == (
        503,
        {
            "__type": "ServiceUnavailableException",
            "message": "The service cannot answer at the moment. Try again.",
        },
    )


def test_what_breaks_in_the_door_is_told_to_nobody(knock, monkeypatch, caplog):
    def breaks(*given):
        raise ValueError("the secret is Xyzzy")

    monkeypatch.setattr(door, "call", breaks)

    status, answer = knock.json("TrentService.ListKeys")

    assert (status, answer["__type"]) == (500, "InternalFailure")
    assert "Xyzzy" not in f"{answer}{caplog.text}"
    assert "ValueError" in caplog.text


def test_the_door_is_a_django_view_too(administrator):
    body = b"{}"
    headers = signed_headers(administrator, "kms", "us-east-1", body, JSON)
    del headers["content-type"]

    answer = Client().post("/", body, content_type=JSON["Content-Type"], headers=headers)

    assert answer.status_code == 200
    assert json.loads(answer.content) == {"Keys": [], "Truncated": False}


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/"), ("GET", "/"), ("POST", "/foo"), ("DELETE", "/a/b/")]
)
@pytest.mark.parametrize("kind", [JSON, FORM], ids=["json", "query"])
def test_who_asks_in_the_wrong_place_is_told_so_in_his_protocol(administrator, kind, method, path):
    url = f"https://{HOST}{path}"
    service = "sts" if kind is FORM else "kms"
    headers = signed_headers(administrator, service, "us-east-1", b"", kind, method=method, url=url)

    answer = Client().generic(
        method, path, **environ(b"", headers, REQUEST_METHOD=method, PATH_INFO=path)
    )

    code = "InvalidAction" if kind is FORM else "UnknownOperationException"
    assert answer.status_code == 400
    assert code in answer.content.decode()
    assert "The AWS API is at /" in answer.content.decode()
    (record,) = records()
    assert record["userIdentity"]["accessKeyId"] == administrator.access_key
    assert record["errorCode"] == code
    assert record["requestID"] == answer["x-amzn-RequestId"]


def test_a_target_is_enough_to_tell_what_a_request_is_for(administrator):
    answer = Client().put("/", headers=JSON)

    assert json.loads(answer.content)["__type"] == "UnknownOperationException"
    assert last_record()["eventName"] == "ListKeys"


@pytest.mark.parametrize(("method", "path"), [("put", "/"), ("post", "/foo"), ("get", "/foo")])
def test_who_asks_for_nothing_of_awss_is_answered_as_by_any_site(administrator, method, path):
    answer = getattr(Client(), method)(path)

    assert answer.status_code == (405 if path == "/" else 404)
    assert not records()


def test_what_is_the_consoles_stays_the_consoles(administrator):
    assert Client().post("/console/nowhere/", headers=JSON).status_code == 404
    assert not records()


class Unfinished:
    """A body that never comes; to read it is to wait for ever."""

    def read(self, size):
        raise AssertionError("the door waits")


@pytest.mark.parametrize("kind", [JSON, FORM], ids=["json", "query"])
@pytest.mark.parametrize("authorization", [None, "AWS4-HMAC-SHA256 nonsense", "of a stranger"])
def test_the_body_of_who_cannot_be_anybody_is_not_waited_for(administrator, kind, authorization):
    headers = dict(kind)
    if authorization == "of a stranger":
        service = "sts" if kind is FORM else "kms"
        headers = signed_headers(Credentials("AKIANOBODY", "x"), service, "us-east-1", b"{}", kind)
    elif authorization:
        headers |= {"Authorization": authorization, "X-Amz-Date": "20261124T030216Z"}

    status, _, _ = door.answer(environ(b"{}", headers, **{"wsgi.input": Unfinished()}))

    assert status in (400, 403)
    assert len(records()) == 1


class Slow(io.BytesIO):
    """A body that comes late; meanwhile something happens."""

    def __init__(self, body, happens):
        super().__init__(body)
        self.happens = happens

    def read(self, *size):
        self.happens()
        return super().read(*size)


def deactivated():
    AccessKey.objects.update(active=False)
    revision.forget()


def test_an_access_key_that_is_deactivated_while_its_body_is_held_back_is_refused(
    administrator, monkeypatch
):
    monkeypatch.setattr(authenticate, "MOMENT", 0.0)
    headers = signed_headers(administrator, "kms", "us-east-1", b"{}", JSON)
    body = Slow(b"{}", happens=deactivated)

    status, _, answer = door.answer(environ(b"{}", headers, **{"wsgi.input": body}))

    assert (status, json.loads(answer)["__type"]) == (400, "UnrecognizedClientException")


def test_a_body_that_is_held_back_for_too_long_has_an_expired_signature(administrator, monkeypatch):
    monkeypatch.setattr(authenticate, "MOMENT", 0.0)
    headers = signed_headers(administrator, "kms", "us-east-1", b"{}", JSON)
    with time_machine.travel(datetime.now(UTC)) as clock:
        body = Slow(b"{}", happens=lambda: clock.shift(timedelta(minutes=6)))
        _, _, answer = door.answer(environ(b"{}", headers, **{"wsgi.input": body}))

    assert json.loads(answer)["__type"] == "InvalidSignatureException"
    assert json.loads(answer)["message"].startswith("Signature expired")


def test_a_change_is_not_made_with_an_access_key_that_is_deactivated_meanwhile(knock, monkeypatch):
    """Between the first decision and the transaction, where it is decided again."""
    move_on = revision.move_on

    def late():
        move_on()
        AccessKey.objects.update(active=False)

    monkeypatch.setattr(revision, "move_on", late)

    status, answer = knock.json("TrentService.CreateKey")

    assert (status, answer["__type"]) == (400, "UnrecognizedClientException")
    assert not Key.objects.exists()
    assert last_record()["errorCode"] == "UnrecognizedClientException"
