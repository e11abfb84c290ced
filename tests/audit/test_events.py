"""A record has CloudTrail's shape, holds nothing that could harm its readers, and is bounded."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.events import MOST_BODY, Event, where
from audit.identity import user_name
from service.caller import UNKNOWN, Principal, PrincipalKind, Session
from service.errors import AccessDenied, ServiceError
from service.resource import Resource
from tests.audit import making


def recorded(event: Event) -> dict:
    return orjson.loads(event.body())


def test_a_record_has_cloudtrails_members():
    event = making.event(
        "kms:Encrypt", making.key(), time=datetime(2024, 2, 29, 12, 30, 1, 999, UTC), request_id="r"
    )
    event.request_parameters = {"keyId": "1"}

    record = recorded(event)

    assert record.pop("eventID") != recorded(event)["eventID"]
    assert record == {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": making.ALICE.id,
            "arn": making.ALICE.arn,
            "accountId": making.ACCOUNT,
            "accessKeyId": "AKIAABCDEFGHIJKLMNOP",
            "userName": "alice",
        },
        "eventTime": "2024-02-29T12:30:01Z",
        "eventSource": "kms.amazonaws.com",
        "eventName": "Encrypt",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.7",
        "userAgent": "aws-cli/2.1",
        "requestParameters": {"keyId": "1"},
        "responseElements": None,
        "additionalEventData": {"door": "aws"},
        "requestID": "r",
        "readOnly": True,
        "resources": [
            {"accountId": making.ACCOUNT, "type": "AWS::KMS::Key", "ARN": making.key().arn}
        ],
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": making.ACCOUNT,
        "eventCategory": "Management",
    }


def test_members_are_sorted_so_that_equal_records_are_equal_bytes():
    body = making.event().body()
    assert body == orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)


def test_a_failure_says_what_was_answered_and_withdraws_the_response():
    event = making.event()
    event.response_elements = {"keyId": "1"}
    event.fail(AccessDenied("User: x is not\nauthorized"))

    record = recorded(event)

    assert record["errorCode"] == "AccessDeniedException"
    assert record["errorMessage"] == "User: x is not\ufffdauthorized"
    assert record["responseElements"] is None


@pytest.mark.parametrize(
    ("read_only", "error", "changed"),
    [(True, None, False), (False, None, True), (False, AccessDenied(), False)],
)
def test_only_a_change_that_succeeded_changed_something(read_only, error, changed):
    event = making.event(read_only=read_only)
    if error:
        event.fail(error)
    assert event.changed_something is changed


def test_each_resource_is_named_once_and_those_without_a_type_not_at_all():
    event = making.event(
        "kms:ReEncrypt", making.key("a"), making.key("b"), making.key("a"), Resource("*")
    )
    assert [each["ARN"][-1] for each in recorded(event)["resources"]] == ["a", "b"]


def test_a_service_that_acts_by_itself_is_a_service_event():
    worker = Principal(PrincipalKind.SERVICE, making.ACCOUNT, "kms.amazonaws.com", "")
    record = recorded(making.event("kms:DeleteKey", principal=worker, access_key_id=""))

    assert record["eventType"] == "AwsServiceEvent"
    assert record["userIdentity"] == {"type": "AWSService"}


def test_what_a_service_did_is_detailed():
    made = making.event("kms:RotateKey")
    assert "serviceEventDetails" not in recorded(made)

    made.service_event_details = {"rotationType": "AUTOMATIC"}

    assert recorded(made)["serviceEventDetails"] == {"rotationType": "AUTOMATIC"}


def test_a_call_through_a_service_names_it():
    assert _identity(via="ssm.amazonaws.com")["invokedBy"] == "ssm.amazonaws.com"


def test_the_root_identity_has_no_user_name():
    identity = _identity(principal=making.ROOT)

    assert identity["type"] == "Root"
    assert "userName" not in identity
    assert user_name(identity) == "root"


def test_a_session_names_the_role_that_it_is_of():
    identity = _identity(principal=making.SESSION)

    assert identity["sessionContext"]["sessionIssuer"] == {
        "type": "Role",
        "principalId": "AROA1234567890ABCDEFG",
        "arn": f"arn:aws:iam::{making.ACCOUNT}:role/deploy",
        "accountId": making.ACCOUNT,
        "userName": "deploy",
    }
    assert user_name(identity) == "monday"


def test_temporary_credentials_tell_when_they_were_made_and_for_whom():
    issued = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
    session = Session(issued, issued + timedelta(hours=1))
    attributes = {"creationDate": "2026-05-04T03:02:01Z", "mfaAuthenticated": "false"}

    of_user = _identity(principal=replace(making.ALICE, session=session))
    assert of_user["sessionContext"] == {"attributes": attributes}
    assert of_user["userName"] == "alice"

    session = replace(session, source_identity="ann")
    of_role = _identity(principal=replace(making.SESSION, session=session))["sessionContext"]
    assert of_role["sessionIssuer"]["userName"] == "deploy"
    assert (of_role["attributes"], of_role["sourceIdentity"]) == (attributes, "ann")


def test_an_unknown_caller_belongs_to_no_account():
    record = recorded(making.event(principal=UNKNOWN, access_key_id="x" * 1000))

    assert record["userIdentity"] == {"type": "Unknown", "accessKeyId": "x" * 128}
    assert record["recipientAccountId"] == ""
    assert user_name(record["userIdentity"]) == ""


def test_what_a_caller_says_of_itself_is_bounded_and_printable():
    record = recorded(
        making.event(
            "kms:Up\r\nside" + "x" * 1000,
            user_agent="\x1b[31mred\r\nroot logged in" + "x" * 5000,
            source_ip="192.0.2.7\n",
            region="\ud800" + "x" * 100,
        )
    )

    assert record["userAgent"].startswith("\ufffd[31mred\ufffd\ufffdroot")
    assert len(record["userAgent"]) == 1024
    assert record["eventName"].startswith("Up\ufffd\ufffdside")
    assert len(record["eventName"]) == 128
    assert record["sourceIPAddress"] == "192.0.2.7\ufffd"
    assert len(record["awsRegion"]) == 32


def test_parameters_that_are_too_large_are_left_out_and_their_size_told():
    event = making.event()
    event.request_parameters = {"description": "x" * MOST_BODY}
    event.response_elements = {"keyId": "1"}

    record = recorded(event)

    assert record["requestParameters"] == {
        "omitted": True,
        "originalSize": MOST_BODY + len('{"description":""}'),
        "reason": "requestParameters too large",
    }
    assert record["responseElements"] == {"keyId": "1"}


def test_a_response_that_is_too_large_is_left_out_too():
    event = making.event()
    event.request_parameters = event.response_elements = {"description": "x" * MOST_BODY}
    assert recorded(event)["responseElements"]["omitted"] is True


@pytest.mark.parametrize(
    ("value", "recorded_as"),
    [
        ("\ud800", "?"),
        (b"secret", "(6 bytes)"),
        (2**64, "(a number of 65 bits)"),
        pytest.param(10**5000, "(a number of 16610 bits)", id="huge"),
        (MappingProxyType({"a": b""}), {"a": "(0 bytes)"}),
        (("\ud800",), ["?"]),
        ([b"", 1], ["(0 bytes)", 1]),
    ],
)
def test_what_json_cannot_hold_is_described(value, recorded_as):
    event = making.event()
    event.request_parameters = {"value": value}
    assert recorded(event)["requestParameters"]["value"] == recorded_as


def test_depth_is_bounded():
    event = making.event()
    deep: list = []
    for _ in range(900):
        deep = [deep]
    event.request_parameters = deep
    assert b"(deeper than is recorded)" in event.body()


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.binary()
    | st.text(st.characters(exclude_categories=())),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=())), inner)
    ),
)


@given(_json, st.text(st.characters(exclude_categories=())))
def test_nothing_that_a_caller_sends_keeps_it_from_being_recorded(parameters, text):
    event = Event(replace(making.caller(), user_agent=text), f"kms:{text}", read_only=True)
    event.request_parameters = parameters
    event.fail(ServiceErrorSaying(text))
    assert recorded(event)["eventSource"] == "kms.amazonaws.com"


class ServiceErrorSaying(ServiceError):
    code = "SomethingException"


def test_where_tells_type_and_line_and_never_the_message():
    event = making.event(time="the secret is 42")

    told = where(_raised(event.body))

    assert told.startswith("AttributeError at audit/events.py:")
    assert "42" not in told


def test_where_names_the_innermost_line_of_the_project():
    told = where(_raised(lambda: orjson.loads("{")))
    assert told.startswith("JSONDecodeError at tests/audit/test_events.py:")


def test_where_of_an_error_that_was_never_raised_names_no_line():
    assert where(ValueError("42")) == "ValueError at outside the project"


def _raised(work) -> BaseException:
    with pytest.raises((AttributeError, ValueError)) as raised:
        work()
    return raised.value


def _identity(**fields) -> dict:
    return recorded(making.event(**fields))["userIdentity"]
