"""Whatever is sent to the AWS door, it answers as AWS would: never a 500, never a secret told.

Requests are built from botocore's own models with values that fit, nearly fit and do not
fit at all, and from raw bytes. All are signed, so that they get past the door's first guard.
"""

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape
from botocore.session import get_session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kms_project.coverage import PARAMETERS

CANARY = "canary-f2b1c6d0-plaintext"
KMS = get_session().get_service_model("kms")
IAM = get_session().get_service_model("iam")
SSM = get_session().get_service_model("ssm")
SECRETS = get_session().get_service_model("secretsmanager")
NO_INPUT = StructureShape("x", {"type": "structure"})
HARMFUL = {"DeleteLoginProfile"}  # without parameters, of the one who runs the other tests

fuzz = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)


def values_for(shape: Shape, depth: int = 0) -> st.SearchStrategy:
    """Values of the shape's kind, some within its constraints; now and then anything at all."""
    fitting = _fitting(shape, depth)
    return st.one_of(fitting, fitting, fitting, anything) if depth else fitting


def _fitting(shape: Shape, depth: int) -> st.SearchStrategy:
    if isinstance(shape, StructureShape):
        members = {name: values_for(each, depth + 1) for name, each in shape.members.items()}
        needed = {name: members.pop(name) for name in shape.required_members}
        return st.fixed_dictionaries({}, optional=needed | members) | st.fixed_dictionaries(
            needed, optional=members
        )
    if isinstance(shape, ListShape):
        return st.lists(values_for(shape.member, depth + 1), max_size=12)
    if isinstance(shape, MapShape):
        return st.dictionaries(st.text(max_size=9), values_for(shape.value, depth + 1), max_size=4)
    return _scalar(shape)


def _scalar(shape: Shape) -> st.SearchStrategy:
    if shape.type_name == "blob":
        told = st.sampled_from([base64.b64encode(CANARY.encode()).decode(), "", "%%%"])
        return told | st.binary(max_size=64).map(lambda data: base64.b64encode(data).decode())
    if shape.type_name == "boolean":
        return st.booleans()
    if shape.type_name in ("integer", "long"):
        return st.integers(-5, 5000) | st.sampled_from([2**31, 2**63, -(2**63) - 1, 2**70])
    if shape.type_name == "timestamp":
        return st.floats(allow_nan=False) | st.just("2026-01-01")
    choices = st.sampled_from(shape.enum) if getattr(shape, "enum", None) else st.nothing()
    return choices | st.text(max_size=40) | st.sampled_from(["alias/x", CANARY, "\x00", "k" * 3000])


def requests_of(service: ServiceModel, of: Sequence[str] = ()) -> st.SearchStrategy:
    """An operation's name, and parameters for it. `of`: of these, if there are any."""
    names = [name for name in of or service.operation_names if name not in HARMFUL]
    return st.sampled_from(names).flatmap(
        lambda name: st.tuples(
            st.just(name), values_for(service.operation_model(name).input_shape or NO_INPUT)
        )
    )


def form_of(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Any value as fields of a form, as the query protocol numbers and nests them."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from form_of(item, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from form_of(item, f"{name}.member.{number}")
    else:
        yield name, str(value)


def send(server, body: bytes, headers: dict[str, str], service: str = "kms") -> tuple[int, bytes]:
    signed = AWSRequest("POST", server.url + "/", headers=headers, data=body)
    SigV4Auth(server.credentials, service, "us-east-1").add_auth(signed)
    request = urllib.request.Request(server.url + "/", body, dict(signed.headers.items()))
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def is_an_answer(status: int, body: bytes) -> bool:
    """A success, or an error that a client can read and that is the client's own."""
    told = json.loads(body) if body else {}
    return status == 200 or (400 <= status < 500 and bool(told["__type"]))


def is_an_answer_in_xml(status: int, body: bytes) -> bool:
    """The same of an answer in XML."""
    told = ElementTree.fromstring(body)
    code = told.find(".//{*}Error/{*}Code")
    return status == 200 or (400 <= status < 500 and code is not None and bool(code.text))


FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
JSON = {"Content-Type": "application/x-amz-json-1.1"}


@fuzz
@given(request=requests_of(KMS))
def test_requests_near_the_model_are_answered(server, request):
    action, params = request
    headers = {**JSON, "X-Amz-Target": f"TrentService.{action}"}

    status, body = send(server, json.dumps(params).encode(), headers)

    assert is_an_answer(status, body), (status, body)
    assert CANARY.encode() not in body or status == 200 or action != "Encrypt"


@fuzz
@given(request=requests_of(SSM, PARAMETERS))
def test_requests_near_the_model_of_parameters_are_answered(server, request):
    action, params = request
    headers = {**JSON, "X-Amz-Target": f"AmazonSSM.{action}"}

    status, body = send(server, json.dumps(params).encode(), headers, "ssm")

    assert is_an_answer(status, body), (status, body)


@pytest.fixture(scope="module")
def fuzzed(server):
    """There is a secret of a name that requests draw."""
    server.client("secretsmanager").create_secret(Name=CANARY, SecretString="x")


@fuzz
@given(request=requests_of(SECRETS))
def test_requests_near_the_model_of_secrets_are_answered(server, fuzzed, request):
    action, params = request
    headers = {**JSON, "X-Amz-Target": f"secretsmanager.{action}"}

    status, body = send(server, json.dumps(params).encode(), headers, "secretsmanager")

    assert is_an_answer(status, body), (status, body)


@fuzz
@given(request=requests_of(IAM))
def test_forms_near_the_model_are_answered(server, request):
    action, params = request
    fields = [("Action", action), ("Version", IAM.api_version), *form_of(params)]
    body = urlencode(fields, errors="replace").encode()

    status, answer = send(server, body, FORM, "iam")

    assert is_an_answer_in_xml(status, answer), (status, answer)


@fuzz
@given(body=st.binary(max_size=400))
def test_raw_bytes_are_answered_where_a_form_is_due(server, body):
    status, answer = send(server, b"Action=CreateUser&UserName=" + body, FORM, "iam")

    assert is_an_answer_in_xml(status, answer), (status, answer)


@fuzz
@given(body=st.binary(max_size=400), action=st.sampled_from(["Encrypt", "CreateKey", "Nonsense"]))
def test_raw_bytes_are_answered(server, body, action):
    status, answer = send(server, body, {**JSON, "X-Amz-Target": f"TrentService.{action}"})

    assert is_an_answer(status, answer), (status, answer)


@fuzz
@given(
    target=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60),
    kind=st.sampled_from(["application/x-amz-json-1.1", "text/plain", "application/cbor", "x"]),
)
def test_strange_targets_and_content_types_are_answered(server, target, kind):
    status, answer = send(server, b"{}", {"Content-Type": kind, "X-Amz-Target": target})

    assert 400 <= status < 500, (status, answer)


@pytest.mark.parametrize(
    "body",
    [
        b'{"KeyId": "a", "KeyId": "b"}',
        b"[" * 100_000,
        b'{"NumberOfBytes": 1e400}',
        b'{"NumberOfBytes": 99999999999999999999999999}',
        b'{"KeyId": "\\ud800"}',
        b"\xff\xfe{}",
        b"null",
        b'"text"',
        b"",
    ],
)
def test_hostile_json_is_refused_cleanly(server, body):
    status, answer = send(server, body, {**JSON, "X-Amz-Target": "TrentService.GenerateRandom"})

    assert 400 <= status < 500, (status, answer)
    assert json.loads(answer)["__type"]


def test_no_plaintext_that_was_sent_is_in_a_log_or_a_record(server):
    key_id = server.client("kms").create_key()["KeyMetadata"]["KeyId"]
    secret = "canary-91f3-in-every-place"
    encoded = base64.b64encode(secret.encode()).decode()
    for body in (
        {"KeyId": key_id, "Plaintext": encoded},
        {"KeyId": "alias/none", "Plaintext": encoded},
        {"KeyId": key_id, "Plaintext": encoded, "EncryptionAlgorithm": "ROT13"},
        {"KeyId": key_id, "Plaintext": [encoded]},
        {"KeyId": key_id, "Plaintext": secret},
        {"Plaintext": {"nested": encoded}},
    ):
        send(server, json.dumps(body).encode(), {**JSON, "X-Amz-Target": "TrentService.Encrypt"})

    with server.database() as database:
        stored = b"".join(
            repr(row).encode()
            for (table,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL"
            ).fetchall()
            for row in database.execute(f'SELECT * FROM "{table}"')
        )
    for trace in (secret.encode(), encoded.encode()):
        assert trace not in stored
        assert trace not in server.log()
