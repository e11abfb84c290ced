"""Endpoints: what they are asked, and what their answers mean."""

import json
import socket
import time

import pytest

from iam import sigv4
from iam.sigv4 import SignedRequest
from secrets_app.rotation import endpoints, invoking
from secrets_app.rotation.event import StepFailed
from secrets_app.rotation.models import RotationFunction
from secrets_app.rotation.registry import urls
from tests.secrets_app.rotation.registering import EVENT, found, register
from tests.support.functions import EMULATED, Functions

SECRET = "what the function knows"
KEY = {"AccessKeyId": "FUNCTESTTESTTESTTEST", "SecretAccessKey": "s" * 40}


@pytest.fixture
def functions():
    running = Functions()
    yield running
    running.stop()


def invoke(url: str, **given) -> None:
    register(**{"Url": url, "Timeout": 10, **KEY, **given})
    invoking.invoke(found(), EVENT)


def refusal(url: str, **given) -> str:
    with pytest.raises(StepFailed) as raised:
        invoke(url, **given)
    assert SECRET not in str(raised.value)
    return str(raised.value)


# -- what is asked


def test_an_endpoint_is_asked_as_lambda_is(db, functions):
    invoke(functions.url)

    ((path, headers, body),) = functions.asked
    assert path == "/2015-03-31/functions/rotate/invocations"
    assert json.loads(body) == dict(EVENT.as_lambda())
    assert headers["x-amz-invocation-type"] == "RequestResponse"
    assert headers["x-amz-log-type"] == "None"


def test_each_call_is_signed_with_the_functions_key(db, functions):
    invoke(functions.url)

    ((path, headers, body),) = functions.asked
    request = SignedRequest("POST", path, "", headers, lambda: body, frozenset({"lambda"}))
    said = sigv4.parse(request)
    assert (said.access_key_id, said.region) == (KEY["AccessKeyId"], "us-east-1")
    sigv4.verify(said, request, sigv4.signing_key(KEY["SecretAccessKey"], said))


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://host", "/2015-03-31/functions/rotate/invocations"),
        ("https://host/", "/2015-03-31/functions/rotate/invocations"),
        (f"https://host{EMULATED}", EMULATED),
        ("https://host:8443/rotate/", "/rotate/"),
    ],
)
def test_a_url_may_have_a_path_of_its_own(url, path):
    assert urls.place(url, "rotate") == (url.removesuffix("/").partition(path.rstrip("/"))[0], path)


def test_a_runtime_emulator_is_asked_by_its_own_path(db, functions):
    invoke(functions.url + EMULATED)

    assert [path for path, _, _ in functions.asked] == [EMULATED]


# -- what is answered


@pytest.mark.parametrize("returned", [None, "", {"statusCode": 500}, [1], "x" * 60_000])
def test_whatever_a_function_returns_it_has_returned(db, functions, returned):
    functions.returns(returned)
    invoke(functions.url)


@pytest.mark.parametrize("body", [b"", b"not json", b"\xff"])
def test_what_is_no_json_was_returned_too(db, functions, body):
    functions.answer = (200, {}, body)
    invoke(functions.url)


@pytest.mark.parametrize("emulated", [True, False])
def test_what_a_function_raised_is_told_by_its_type_alone(db, functions, emulated):
    functions.raises("Runtime.ImportModuleError", SECRET, emulated=emulated)

    assert refusal(functions.url) == ("The endpoint's function raised Runtime.ImportModuleError.")


@pytest.mark.parametrize("kind", [SECRET, 7, None, "x" * 200])
def test_a_type_that_is_none_is_not_told(db, functions, kind):
    functions.raises(kind, SECRET)

    assert refusal(functions.url) == "The endpoint's function raised an error."


def test_the_header_alone_says_that_it_failed(db, functions):
    functions.answer = (200, {"X-Amz-Function-Error": "Unhandled"}, b"[]")

    assert refusal(functions.url) == "The endpoint's function raised an error."


@pytest.mark.parametrize("status", [202, 204, 301, 400, 403, 404, 429, 500, 502])
def test_any_other_status_is_a_failure(db, functions, status):
    functions.answer = (status, {"Location": f"{functions.url}/other"}, b"")

    assert refusal(functions.url) == f"The endpoint answered with status {status}."
    assert len(functions.asked) == 1


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("slow", "did not answer in time"),
        ("trickle", "did not answer in time"),
        ("endless", "gave an answer that cannot be read"),
        ("garbage", "gave an answer that cannot be read"),
    ],
)
def test_a_broken_endpoint_is_waited_for_no_longer_than_the_function_may_take(
    db, functions, fault, why
):
    functions.answer = fault
    began = time.monotonic()

    assert refusal(functions.url, Timeout=1) == f"The endpoint {why}."
    assert time.monotonic() - began < 5


def test_an_endpoint_that_is_not_there_is_told(db):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert refusal(url) == "The endpoint cannot be reached."


def test_plain_http_is_not_spoken_to_others_when_the_setting_is_gone(db, settings):
    settings.STRONGROOM_ROTATION_ALLOW_HTTP = True
    register(Url="http://192.0.2.1", **KEY)
    settings.STRONGROOM_ROTATION_ALLOW_HTTP = False

    with pytest.raises(StepFailed, match="has no TLS"):
        invoking.invoke(found(), EVENT)


def test_no_certificate_of_a_stranger_is_taken(db, tmp_path, settings):
    import ssl

    from tests.support.certificates import Authority

    authority, other = Authority(tmp_path), Authority(tmp_path, "other")
    identity = authority.identity("functions")
    functions = Functions()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity.certificate, identity.key)
    server = functions._server
    server.socket = context.wrap_socket(server.socket, server_side=True)
    url = functions.url.replace("http:", "https:")
    try:
        settings.STRONGROOM_ROTATION_CA_BUNDLE = str(other.certificate)
        assert refusal(url) == "The endpoint has no TLS, or not the right certificate."
        settings.STRONGROOM_ROTATION_CA_BUNDLE = str(authority.certificate)
        invoking.invoke(found(), EVENT)
    finally:
        functions.stop()
    assert len(functions.asked) == 1


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("127.0.0.1", True),
        ("10.0.0.7", True),
        ("2001:db8::1", True),
        ("169.254.169.254", False),
        ("::ffff:169.254.169.254", False),
        ("fe80::1%eth0", False),
        ("fd00:ec2::254", False),
        ("fd20:ce::254", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("2002:a9fe:a9fe::1", False),
        ("100.100.100.200", False),
        ("168.63.129.16", False),
        ("64:ff9b::a00:7", True),
        ("224.0.0.1", False),
        ("0.0.0.0", False),
    ],
)
def test_nothing_is_sent_where_clouds_tell_credentials(address, may):
    assert endpoints.may_reach(address) is may


def test_an_address_is_looked_at_before_anything_is_sent(db, functions, monkeypatch):
    monkeypatch.setattr(endpoints, "may_reach", lambda address: address != "127.0.0.1")

    assert refusal(functions.url) == "The endpoint cannot be reached."
    assert functions.asked == []


@pytest.mark.parametrize(
    ("column", "value"), [("url", "http://127.0.0.1:9"), ("key_id", "FUNCOTHER"), ("key", b"x")]
)
def test_who_writes_to_the_database_has_nothing_signed_for_another(db, functions, column, value):
    register(Url=functions.url, **KEY)
    RotationFunction.objects.update(**{column: value})

    with pytest.raises(StepFailed, match="key cannot be opened"):
        invoking.invoke(found(), EVENT)
    assert functions.asked == []
