"""Signatures, with botocore as the signer: what it signed holds, anything altered does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given, settings
from hypothesis import strategies as st

from iam import sigv4
from iam.errors import IncompleteSignature, InvalidSignature, MissingAuthenticationToken
from iam.sigv4 import SignedRequest
from service.errors import ServiceError
from tests.support.signing import HOST, signed_headers

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
CREDENTIALS = Credentials("AKIDEXAMPLE", SECRET)
NOW = datetime(2026, 11, 24, 3, 2, 16, tzinfo=UTC)
KMS = frozenset(("kms",))
TARGET = {"X-Amz-Target": "TrentService.ListKeys", "Content-Type": "application/x-amz-json-1.1"}


def request_of(headers, *, body=b"{}", method="POST", path="/", query="", services=KMS):
    return SignedRequest(method, path, query, headers, lambda: body, services)


def signed(body=b"{}", *, service="kms", region="us-east-1", at=NOW, **headers):
    return signed_headers(CREDENTIALS, service, region, body, {**TARGET, **headers}, at=at)


def check(request, *, secret=SECRET, now=NOW):
    found = sigv4.parse(request)
    sigv4.refuse_wrong_time(found, now)
    sigv4.verify(found, request, sigv4.signing_key(secret, found))
    return found


def refusal(request, **given):
    with pytest.raises(ServiceError) as refused:
        check(request, **given)
    return refused.value


def with_authorization(text):
    return request_of({"host": HOST, "x-amz-date": "20261124T030216Z", "authorization": text})


def test_what_botocore_signed_holds():
    found = check(request_of(signed()))

    assert (found.access_key_id, found.region, found.service) == (
        "AKIDEXAMPLE",
        "us-east-1",
        "kms",
    )
    assert found.time == NOW
    assert found.token == ""


HEADER_VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)
WORDS = st.lists(HEADER_VALUES, max_size=3).map("  ".join)
PATHS = st.lists(
    st.sampled_from(["keys", "alias", "a b", "ü", "%2F", ".", "..", "", "x:y", "~"]), max_size=5
).map("/".join)
QUERIES = st.lists(
    st.tuples(st.text(max_size=6), st.text(max_size=6)).filter(lambda pair: pair[0]), max_size=4
)


@settings(max_examples=150, deadline=None)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    path=PATHS,
    query=QUERIES,
    extra=st.dictionaries(st.sampled_from(["X-One", "X-Two", "Accept"]), WORDS),
    body=st.binary(max_size=60),
    token=st.sampled_from([None, "session/token=="]),
    region=st.sampled_from(["us-east-1", "cn-north-1", "us-gov-west-1"]),
)
def test_whatever_botocore_signs_holds(method, path, query, extra, body, token, region):
    wire_path = "/" + quote(path, safe="/%:~")
    wire_query = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in query)
    request = AWSRequest(
        method,
        f"https://{HOST}{wire_path}" + (f"?{wire_query}" if wire_query else ""),
        headers={"Host": HOST, **extra},
        data=body,
    )
    SigV4Auth(Credentials("AKIDEXAMPLE", SECRET, token), "kms", region).add_auth(request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    sent = request_of(headers, method=method, path=wire_path, query=wire_query, body=body)

    found = check(sent, now=datetime.now(UTC))

    assert found.token == (token or "")
    assert refusal(sent, secret=SECRET + "x", now=datetime.now(UTC)).code == (
        "InvalidSignatureException"
    )


@pytest.mark.parametrize(
    "altered",
    [
        {"method": "GET"},
        {"path": "/other"},
        {"query": "Action=Other"},
        {"read_body": lambda: b"{} "},
    ],
)
def test_what_was_altered_on_the_way_is_refused(altered):
    assert isinstance(refusal(replace(request_of(signed()), **altered)), InvalidSignature)


@pytest.mark.parametrize(
    ("header", "value"),
    [("x-amz-target", "TrentService.Decrypt"), ("host", "elsewhere"), ("content-type", "x")],
)
def test_a_signed_header_that_was_altered_is_refused(header, value):
    assert isinstance(refusal(request_of({**signed(), header: value})), InvalidSignature)


def test_a_header_that_was_not_signed_may_change():
    check(request_of({**signed(), "user-agent": "whatever"}))


def test_another_secret_or_another_key_of_the_same_secret_is_refused():
    assert isinstance(refusal(request_of(signed()), secret="other"), InvalidSignature)


@pytest.mark.parametrize("header", ["host", "x-amz-target", "x-amz-date"])
def test_what_matters_has_to_be_signed(header):
    headers = signed()
    names = ["content-type", "host", "x-amz-date", "x-amz-target"]
    without = ";".join(name for name in names if name != header)
    headers["authorization"] = headers["authorization"].replace(
        "SignedHeaders=" + ";".join(names), "SignedHeaders=" + without
    )

    assert refusal(request_of(headers)).message == (
        f"'{header}' must be a 'SignedHeader' in the AWS Authorization."
    )


def test_the_date_header_will_do():
    headers = signed()
    date = format_datetime(NOW.astimezone(UTC), usegmt=True)
    del headers["x-amz-date"]
    found = sigv4.parse(
        request_of(
            {
                **headers,
                "date": date,
                "authorization": headers["authorization"].replace("x-amz-date", "date"),
            }
        )
    )

    assert found.time == NOW


@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_clock_may_be_off_by_five_minutes(minutes):
    check(request_of(signed()), now=NOW + timedelta(minutes=minutes))


def test_an_old_signature_has_expired():
    error = refusal(request_of(signed()), now=NOW + timedelta(minutes=5, seconds=1))

    assert isinstance(error, InvalidSignature)
    assert error.message == (
        "Signature expired: 20261124T030216Z is now earlier than 20261124T030217Z "
        "(20261124T030717Z - 5 min.)"
    )


def test_a_signature_of_the_future_is_not_yet_current():
    error = refusal(request_of(signed()), now=NOW - timedelta(minutes=5, seconds=1))

    assert error.message.startswith("Signature not yet current: 20261124T030216Z is still later")


def test_nothing_signed_is_missing_a_token():
    assert isinstance(refusal(request_of({"host": HOST})), MissingAuthenticationToken)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Basic abc", "requires the algorithm"),
        ("AWS4-HMAC-SHA256", "'Credential' parameter"),
        ("AWS4-HMAC-SHA256 Credential=a/b", "'Signature' parameter"),
        ("AWS4-HMAC-SHA256 Credential=a/b,Signature=c", "'SignedHeaders' parameter"),
        ("AWS4-HMAC-SHA256 Credential=a/b,Signature=c,SignedHeaders=host", "5 slash-delimited"),
        (
            "AWS4-HMAC-SHA256 Credential=a//c/d/aws4_request,Signature=c,SignedHeaders=h",
            "exactly 5",
        ),
    ],
)
def test_an_incomplete_signature_says_what_it_lacks(text, says):
    error = refusal(with_authorization(text))

    assert isinstance(error, IncompleteSignature)
    assert says in error.message


@pytest.mark.parametrize("stamp", ["", "yesterday", "20261399T000000Z", "2026-11-24T03:02:16Z"])
def test_a_signature_needs_a_date(stamp):
    error = refusal(request_of({**signed(), "x-amz-date": stamp}))

    assert isinstance(error, IncompleteSignature)
    assert "X-Amz-Date" in error.message


@pytest.mark.parametrize(
    ("scope", "says"),
    [
        ("AK/20261124/us-east-1/kms/aws5_request", "valid terminator"),
        ("AK/20261124/atlantis-1/kms/aws4_request", "valid region"),
        ("AK/20261124/us-east-1/s3/aws4_request", "correct service: 'kms'"),
        ("AK/20261123/us-east-1/kms/aws4_request", "Date in Credential scope does not match"),
    ],
)
def test_a_wrong_scope_is_refused(scope, says):
    error = refusal(
        with_authorization(f"AWS4-HMAC-SHA256 Credential={scope},SignedHeaders=host,Signature=00")
    )

    assert isinstance(error, InvalidSignature)
    assert says in error.message


def test_a_region_that_is_the_clients_own_affair_may_be_any():
    request = request_of(signed(region="mars-north-1"))

    assert "valid region" in refusal(request).message
    assert check(replace(request, any_region=True)).region == "mars-north-1"
    for strange in ("x" * 33, "Mars", "mars_1"):
        request = replace(request_of(signed(region=strange)), any_region=True)
        assert "valid region" in refusal(request).message


def test_an_access_key_may_hold_slashes_and_the_spaces_are_free():
    headers = signed()
    headers["authorization"] = headers["authorization"].replace(", ", ",")

    check(request_of(headers))


@given(st.text(max_size=200))
def test_whatever_is_in_the_header_is_refused_cleanly(text):
    assert refusal(with_authorization(text)).status == 400


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_in_its_parameters_is_refused_cleanly(credential, names, signature):
    text = (
        f"AWS4-HMAC-SHA256 Credential=AK/20261124/us-east-1/kms/{credential}, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    assert refusal(with_authorization(text)).status == 400


def test_neither_a_body_nor_a_token_shows_in_a_traceback():
    request = request_of({**signed(), "x-amz-security-token": "the-token"}, body=b"the-body")

    assert "the-body" not in repr(request)
    assert "the-token" not in repr(sigv4.parse(request))
