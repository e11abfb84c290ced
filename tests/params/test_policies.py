"""Parameter policies: what they may say, how they are told, and what becomes of them."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from params import policies
from params.models import Parameter
from service.errors import ServiceError
from tests.keys.using import refused
from tests.params.policies import after, before, ends, texts

pytestmark = pytest.mark.django_db(transaction=True)

LATER = datetime(2100, 1, 2, 3, 4, 5, tzinfo=UTC)
ENDS = ends(LATER)


def put(ssm, *given, name="p", **params):
    return ssm.put(name, Policies=json.dumps(given), **{"Tier": "Advanced", **params})


def described(ssm, name="p"):
    wanted = [{"Key": "Name", "Values": [name]}]
    (told,) = ssm("DescribeParameters", ParameterFilters=wanted).parameters
    return told


def test_policies_are_told_as_they_were_given(ssm):
    put(ssm, ENDS, before(3, "Days"), after(20, "Hours"))

    told = described(ssm).policies
    assert [json.loads(each.policy_text) for each in told] == [
        ENDS,
        before(3, "Days"),
        after(20, "Hours"),
    ]
    assert told[0].policy_text == (
        '{"Type":"Expiration","Version":"1.0","Attributes":'
        '{"Timestamp":"2100-01-02T03:04:05+00:00"}}'
    )
    assert [(each.policy_type, each.policy_status) for each in told] == [
        ("Expiration", "Pending"),
        ("ExpirationNotification", "Pending"),
        ("NoChangeNotification", "Pending"),
    ]
    (version,) = ssm("GetParameterHistory", Name="p").parameters
    assert version.policies == told


def test_a_parameter_without_policies_tells_none(ssm):
    ssm.put("p")

    assert described(ssm).policies == ()


def test_policies_stay_until_others_are_given(ssm):
    put(ssm, ENDS)
    ssm.put("p", "two", Overwrite=True)
    assert texts(described(ssm)) == [ENDS]

    put(ssm, after(1, "Days"), Overwrite=True)
    assert texts(described(ssm)) == [after(1, "Days")]
    versions = ssm("GetParameterHistory", Name="p").parameters
    assert [texts(each) for each in versions] == [[ENDS], [ENDS], [after(1, "Days")]]


@pytest.mark.parametrize("nothing", ["[]", "{}", " [ ] "])
def test_an_empty_policy_removes_all(ssm, nothing):
    put(ssm, ENDS, after(1, "Days"))
    ssm.put("p", Overwrite=True, Policies=nothing)

    assert described(ssm).policies == ()
    row = Parameter.objects.get()
    assert (row.expires, row.next_notice, row.tier) == (None, None, "Advanced")


def test_an_update_does_not_move_the_expiration(ssm):
    put(ssm, ENDS)
    ssm.put("p", Overwrite=True)

    assert Parameter.objects.get().expires == LATER


def test_an_update_puts_off_what_waits_for_no_change(ssm):
    put(ssm, after(1, "Days"))
    first = Parameter.objects.get().next_notice
    ssm.put("p", Overwrite=True)

    row = Parameter.objects.get()
    assert row.next_notice > first
    assert row.next_notice == row.modified + timedelta(days=1)


def test_what_is_due_first_is_next(ssm):
    put(ssm, ENDS, before(3, "Hours"), before(20, "Days"))

    assert Parameter.objects.get().next_notice == LATER - timedelta(days=20)


def test_policies_need_the_advanced_tier(ssm):
    with refused("ValidationException"):
        put(ssm, ENDS, Tier="Standard")
    with refused("ValidationException"):
        ssm.put("p", Policies=json.dumps([ENDS]))
    assert put(ssm, ENDS, Tier="Intelligent-Tiering").tier == "Advanced"


def test_an_update_with_intelligent_tiering_goes_up_for_policies(ssm):
    ssm.put("p")

    assert put(ssm, ENDS, Tier="Intelligent-Tiering", Overwrite=True).tier == "Advanced"


INVALID, KIND = "InvalidPolicyAttributeException", "InvalidPolicyTypeException"
TOGETHER, MANY = "IncompatiblePolicyException", "PoliciesLimitExceededException"
NO_EXPIRATION = "Expiration notification policies are missing expiration policy"
NO_TIMESTAMP = "A valid Expiration policy must have an attribute of Timestamp."
TOO_MANY = "Number of policies attached to a parameter cannot exceed 10"
MISSING = "Mandatory policy attribute {} is missing."
PAST = "The expiration timestamp must be in the future."
POSITIVE = "Attribute {} must be a positive integer."


def only(**attributes):
    return {"Type": "NoChangeNotification", "Version": "1.0", "Attributes": attributes}


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ([ENDS | {"Type": "expiration"}], KIND, "Policy type expiration is not supported."),
        ([{}], KIND, None),
        ([ENDS | {"Type": ["Expiration"]}], KIND, None),
        ([ENDS | {"Version": "2.0"}], INVALID, "Unsupported policy version."),
        ([ENDS | {"Version": 1.0}], INVALID, "Unsupported policy version."),
        ([{"Type": "Expiration", "Version": "1.0"}], INVALID, MISSING.format("Attributes")),
        ([ENDS | {"Attributes": []}], INVALID, MISSING.format("Attributes")),
        ([ENDS | {"Attributes": {}}], INVALID, NO_TIMESTAMP),
        ([ENDS, ENDS], TOGETHER, "There can be only one expiration policy"),
        ([before(1, "Days")], TOGETHER, NO_EXPIRATION),
        ([ENDS, before(0, "Days")], INVALID, POSITIVE.format("Before")),
        ([ENDS, before("-1", "Days")], INVALID, POSITIVE.format("Before")),
        ([ENDS, before(True, "Days")], INVALID, POSITIVE.format("Before")),
        ([after(1.5, "Days")], INVALID, POSITIVE.format("After")),
        ([after("9" * 30, "Days")], INVALID, POSITIVE.format("After")),
        ([after(36_501, "Days")], INVALID, "Attribute After must be 36500 days at most."),
        ([after(1, "Minutes")], INVALID, "Supported time units: DAYS HOURS"),
        ([after(1, None)], INVALID, "Supported time units: DAYS HOURS"),
        ([only(Unit="Days")], INVALID, MISSING.format("After")),
        ([only(After="1")], INVALID, MISSING.format("Unit")),
        ([after(1, "Days")] * 11, MANY, TOO_MANY),
        (["Expiration"], "ValidationException", 'Invalid policies input: ["Expiration"].'),
        ("x", "ValidationException", 'Invalid policies input: "x".'),
        (ENDS, "ValidationException", None),
        ([after(float("nan"), "Days")], "ValidationException", None),
        ([ends(datetime(2020, 1, 1, tzinfo=UTC))], INVALID, PAST),
    ],
)
def test_policies_that_cannot_be_are_refused(ssm, given, code, message):
    with refused(code, message):
        ssm.put("p", Tier="Advanced", Policies=json.dumps(given))
    assert not Parameter.objects.exists()


@pytest.mark.parametrize("more", ["[" * 900 + "]" * 900, '{"a": {}}', "1e999", "null"])
@pytest.mark.parametrize(
    "given", [ENDS | {"x": 7}, {**ENDS, "Attributes": {**ENDS["Attributes"], "x": 7}}]
)
def test_what_holds_others_is_refused_for_not_everybody_could_read_it(ssm, given, more):
    text = json.dumps([given])

    with refused(INVALID, "Attribute x must be a text or a whole number."):
        ssm.put("p", Tier="Advanced", Policies=text.replace("7", more))
    ssm.put("p", Tier="Advanced", Policies=text)


@pytest.mark.parametrize("given", ["[", "[" * 4000, "nothing"])
def test_what_is_not_json_is_refused(ssm, given):
    with refused("ValidationException", f"Invalid policies input: {given}."):
        ssm.put("p", Tier="Advanced", Policies=given)


def test_ten_policies_are_taken(ssm):
    put(ssm, *[after(each, "Days") for each in range(1, 11)])

    assert len(described(ssm).policies) == 10


def timed(text):
    return {"Type": "Expiration", "Version": "1.0", "Attributes": {"Timestamp": text}}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2100-12-02T21:34:33.000Z", datetime(2100, 12, 2, 21, 34, 33, tzinfo=UTC)),
        ("2100-12-02T21:34:33Z", datetime(2100, 12, 2, 21, 34, 33, tzinfo=UTC)),
        ("2100-12-02T21:34Z", datetime(2100, 12, 2, 21, 34, tzinfo=UTC)),
        ("2100-11-01T22:13:48.87+10:30", datetime(2100, 11, 1, 11, 43, 48, 870000, UTC)),
        ("2100-11-01T22:13:48.87+10:30:00", datetime(2100, 11, 1, 11, 43, 48, 870000, UTC)),
        ("2100-11-01T22:13:48.123456789-01:00", datetime(2100, 11, 1, 23, 13, 48, 123456, UTC)),
    ],
)
def test_instants_and_times_with_an_offset_are_read(ssm, text, moment):
    put(ssm, timed(text))

    assert Parameter.objects.get().expires == moment


@pytest.mark.parametrize(
    "text",
    [
        *("2100-12-02", "2100-12-02T21:34:33", "2100-02-30T00:00:00Z", "20991202T213433Z"),
        *("2100-12-02 21:34:33Z", "tomorrow", 4_000_000_000, None, "9999-12-31T23:59:59-10:00"),
        "\uff12100-12-02T21:34:33Z",
    ],
)
def test_other_times_are_refused(ssm, text):
    with refused(INVALID, "Invalid timestamp format"):
        put(ssm, timed(text))


@pytest.mark.parametrize(("count", "unit"), [("15", "Days"), (15, "DAYS"), ("360", "hours")])
def test_numbers_may_be_texts_and_units_in_any_case(ssm, count, unit):
    put(ssm, after(count, unit))

    row = Parameter.objects.get()
    assert row.next_notice == row.modified + timedelta(days=15)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Type", "Version", "Attributes", "After", "Unit"]), inner
        )
    ),
)
HALF_RIGHT = st.fixed_dictionaries(
    {
        "Type": st.sampled_from(["Expiration", "ExpirationNotification", "NoChangeNotification"]),
        "Version": st.just("1.0"),
        "Attributes": st.fixed_dictionaries(
            {
                "Timestamp": st.datetimes().map(lambda each: each.isoformat() + "Z") | JSON,
                "Before": st.integers(1, 10**6) | JSON,
                "After": st.integers(1, 10**6) | JSON,
                "Unit": st.sampled_from(["Days", "hours"]) | JSON,
            }
        ),
    }
)


@given(st.lists(HALF_RIGHT, max_size=12) | JSON)
def test_whatever_is_given_is_sound_or_refused(document):
    now = datetime.now(UTC)
    try:
        text = policies.stored(json.dumps(document), now)
    except ServiceError:
        return
    found = policies.read(text)
    end = policies.expires(found)
    assert end is None or end > now
    assert all(moment >= now for moment, _ in policies.notices(found, now, 0))
    assert len(policies.told(text, 0)) == len(found)
