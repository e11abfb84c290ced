"""Every condition operator, as AWS documents it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iam.decision import Source
from iam.errors import MalformedPolicyDocument
from iam.policy.conditions import OPERATORS, Budget
from tests.iam.policy.asking import allow, allows, decided, deny, policy, question

NOW = "2026-11-24T03:00:00Z"


def holds(operator, key, operands, keys, **given):
    statement = allow(Condition={operator: {key: operands}})
    return allows(statement, keys=keys, **given)


@pytest.mark.parametrize(
    ("operator", "operands", "value", "expected"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a", "A", False),
        ("StringEquals", ["b", "a"], "a", True),
        ("StringEquals", "a*", "ab", False),
        ("StringNotEquals", "a", "b", True),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringEqualsIgnoreCase", "AbC", "aBc", True),
        ("StringEqualsIgnoreCase", "a", "b", False),
        ("StringNotEqualsIgnoreCase", "A", "a", False),
        ("StringNotEqualsIgnoreCase", "A", "b", True),
        ("StringLike", "a*c", "abc", True),
        ("StringLike", "a?c", "ac", False),
        ("StringNotLike", "a*", "abc", False),
        ("StringNotLike", "a*", "b", True),
        ("NumericEquals", "5", "5.0", True),
        ("NumericEquals", 5, "6", False),
        ("NumericNotEquals", "5", "6", True),
        ("NumericLessThan", "5", "4.9", True),
        ("NumericLessThan", "5", "5", False),
        ("NumericLessThanEquals", "5", "5", True),
        ("NumericGreaterThan", "5", "5", False),
        ("NumericGreaterThanEquals", "5", "5", True),
        ("NumericEquals", "5", "five", False),
        ("DateEquals", NOW, "2026-11-24T04:00:00+01:00", True),
        ("DateNotEquals", NOW, NOW, False),
        ("DateLessThan", "2027-01-01", NOW, True),
        ("DateLessThanEquals", NOW, NOW, True),
        ("DateGreaterThan", NOW, NOW, False),
        ("DateGreaterThanEquals", "1795489200", NOW, True),
        ("DateGreaterThan", "2026-01-01T00:00:00Z", "not a date", False),
        ("Bool", "true", "True", True),
        ("Bool", True, "true", True),
        ("Bool", "false", "true", False),
        ("BinaryEquals", "cA==", "cA==", True),
        ("BinaryEquals", "cA==", "cQ==", False),
        ("BinaryEquals", "cA==", "%", False),
        ("IpAddress", "203.0.113.0/24", "203.0.113.19", True),
        ("IpAddress", "203.0.113.0/24", "203.0.114.19", False),
        ("IpAddress", "203.0.113.19", "203.0.113.19", True),
        ("IpAddress", "2001:db8::/32", "2001:db8::7", True),
        ("IpAddress", "203.0.113.0/24", "2001:db8::7", False),
        ("IpAddress", "203.0.113.0/24", "nowhere", False),
        ("IpAddress", "203.0.113.0/24", "::ffff:203.0.113.19", True),
        ("NotIpAddress", "203.0.113.0/24", "203.0.113.19", False),
        ("NotIpAddress", ["203.0.113.0/24", "10.0.0.0/8"], "192.0.2.1", True),
        ("ArnEquals", "arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a/b", True),
        ("ArnLike", "arn:aws:*:*:1:x", "arn:aws:s3:eu:1:x", True),
        ("ArnLike", "arn:aws:s3:*:x", "arn:aws:s3:eu:1:x", None),
        ("ArnLike", "arn:aws:s3:*:1:x", "arn:aws:s3:a:b:1:x", False),
        ("ArnLike", "arn:aws:s3:*:1:x", "nothing", False),
        ("ArnLike", "*", "arn:aws:s3:eu:1:x", True),
        ("ArnNotEquals", "arn:aws:iam::1:role/*", "arn:aws:iam::2:role/a", True),
        ("ArnNotLike", "arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a", False),
        ("stringequals", "a", "a", True),
    ],
)
def test_an_operator_on_one_value(operator, operands, value, expected):
    if expected is None:  # five colons cannot be told from fewer: it is no ARN at all
        with pytest.raises(MalformedPolicyDocument):
            holds(operator, "k", operands, {"k": value})
    else:
        assert holds(operator, "k", operands, {"k": value}) is expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", False),
        ("StringNotEquals", True),
        ("StringEqualsIfExists", True),
        ("StringNotEqualsIfExists", True),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
        ("ForAnyValue:StringEqualsIfExists", True),
        ("NotIpAddress", True),
    ],
)
def test_a_key_that_the_request_has_not(operator, expected):
    operand = "10.0.0.0/8" if "Ip" in operator else "a"

    assert holds(operator, "k", operand, {}) is expected


@pytest.mark.parametrize(
    ("operator", "operands", "values", "expected"),
    [
        ("ForAllValues:StringEquals", ["a", "b"], ["a"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
        ("ForAllValues:StringEquals", ["a"], [], True),
        ("ForAllValues:StringNotEquals", ["a"], ["b", "c"], True),
        ("ForAllValues:StringNotEquals", ["a"], ["a", "b"], False),
        ("ForAnyValue:StringEquals", ["a", "b"], ["b", "c"], True),
        ("ForAnyValue:StringEquals", ["a", "b"], ["c"], False),
        ("ForAnyValue:StringEquals", ["a"], [], False),
        ("ForAnyValue:StringNotEquals", ["a"], ["a", "b"], True),
        ("ForAnyValue:StringNotEquals", ["a"], ["a"], False),
        ("forallvalues:StringLike", ["a*"], ["ab", "ac"], True),
        ("StringEquals", ["a"], ["a", "b"], True),
        ("StringNotEquals", ["a"], ["a", "b"], False),
        ("StringEquals", ["a"], [], False),
        ("StringEqualsIfExists", ["a"], ["b"], False),
    ],
)
def test_a_key_of_many_values(operator, operands, values, expected):
    assert holds(operator, "k", operands, {"k": values}) is expected


@pytest.mark.parametrize(
    ("operand", "keys", "expected"),
    [
        ("true", {}, True),
        ("true", {"k": "x"}, False),
        ("false", {"k": "x"}, True),
        (False, {}, False),
        (["true", "false"], {}, True),
        ("true", {"k": []}, True),
    ],
)
def test_null(operand, keys, expected):
    assert holds("Null", "k", operand, keys) is expected


def test_condition_keys_match_whatever_their_case():
    assert holds("StringEquals", "AWS:SourceIP", "x", {"aws:sourceIp": "x"})


def test_all_conditions_must_hold():
    both = {"StringEquals": {"a": "1", "b": "2"}, "Bool": {"c": "true"}}
    statement = allow(Condition=both)

    assert allows(statement, keys={"a": "1", "b": "2", "c": "true"})
    for missing in ("a", "b", "c"):
        keys = {"a": "1", "b": "2", "c": "true", missing: "other"}
        assert not allows(statement, keys=keys)


def test_variables_are_filled_in_from_the_request():
    keys = {"aws:username": "Alice", "owner": "Alice"}

    assert holds("StringEquals", "owner", "${aws:username}", keys)
    assert holds("StringEqualsIgnoreCase", "owner", "${aws:username}", {**keys, "owner": "aLICE"})
    assert holds("StringEquals", "owner", "${aws:nobody, 'Alice'}", keys)
    assert not holds("StringEquals", "owner", "${aws:nobody}", keys)
    assert holds(
        "ArnLike",
        "k",
        "arn:aws:iam::1:user/${aws:username}",
        keys | {"k": "arn:aws:iam::1:user/Alice"},
    )
    assert not holds(
        "ArnLike",
        "k",
        "arn:aws:iam::1:user/${aws:nobody}",
        keys | {"k": "arn:aws:iam::1:user/Alice"},
    )


def test_variables_are_plain_text_in_the_older_version():
    assert holds("StringEquals", "k", "${a}", {"k": "${a}", "a": "x"}, version="2008-10-17")


def test_a_variable_that_stands_for_nothing_neither_allows_nor_lifts_a_deny():
    condition = {"StringNotEquals": {"owner": "${aws:nobody}"}}

    assert not allows(allow(Condition=condition), keys={"owner": "x"})
    refused = decided(question(keys={"owner": "x"}), allow(), deny(Condition=condition))
    assert refused.is_explicit_deny


@pytest.mark.parametrize(
    "condition",
    [
        {"StringIs": {"k": "a"}},
        {"ForSomeValues:StringEquals": {"k": "a"}},
        {"NullIfExists": {"k": "true"}},
        {"ForAllValues:Null": {"k": "true"}},
        {"NumericEquals": {"k": "five"}},
        {"NumericEquals": {"k": "NaN"}},
        {"DateEquals": {"k": "soon"}},
        {"DateEquals": {"k": "99999999999999999999"}},
        {"Bool": {"k": "yes"}},
        {"BinaryEquals": {"k": "%"}},
        {"IpAddress": {"k": "1.2.3"}},
        {"ArnLike": {"k": "role"}},
        {"StringEquals": {"k": "${a"}},
        {"StringEquals": "k"},
        {"StringEquals": {"k": {"a": "b"}}},
        {"StringEquals": {"k": None}},
        {"StringEquals": {"": "a"}},
        "StringEquals",
    ],
)
def test_a_condition_that_cannot_be_is_malformed(condition):
    with pytest.raises(MalformedPolicyDocument, match="Statement 1"):
        policy(allow(Condition=condition))


# -- how much a decision may take

LETTERS = [f"{a}{b}{c}" for a in "abcdefghijklmnopq" for b in "abcdefghijklmnopq" for c in "xyz"]


@pytest.mark.parametrize("operator", ["StringLike", "StringEquals", "StringEqualsIgnoreCase"])
def test_operands_without_signs_cost_one_look_whatever_their_number(operator):
    values = [str(number) for number in range(8000)]
    began = time.process_time()

    assert not holds(f"ForAnyValue:{operator}", "k", LETTERS, {"k": values})
    assert holds(f"ForAnyValue:{operator}", "k", LETTERS, {"k": [*values, LETTERS[-1]]})
    assert time.process_time() - began < 1


@pytest.mark.parametrize("effect", [allow, deny])
@pytest.mark.parametrize(
    ("operands", "values"),
    [
        ([f"{text}*" for text in LETTERS], [str(number) for number in range(8000)]),
        (["*" + "a?" * 4000 + "b*"], "a" * 8000),
        ([f"*?a?{text}*" for text in LETTERS], "a" * 8000),
    ],
)
def test_what_takes_too_many_comparisons_is_refused_at_once(effect, operands, values):
    condition = {"ForAnyValue:StringLike": {"k": operands}}
    asked = question(keys={"k": values})
    began = time.process_time()

    decision = decided(asked, allow(), effect(Condition=condition))
    if effect is allow:  # a statement that allows is not even asked where another is enough
        assert decision.allowed
        decision = decided(asked, effect(Condition=condition))

    assert (decision.allowed, decision.source) == (False, Source.LIMIT)
    assert decision.message(asked).endswith("because it takes too many comparisons to decide")
    assert time.process_time() - began < 1


def test_the_comparisons_of_all_statements_count_together():
    one = {"ForAnyValue:StringLike": {"k": [f"{text}*" for text in LETTERS[:50]]}}
    keys = {"k": [str(number) for number in range(500)]}  # 50,000 comparisons

    assert decided(question(keys=keys), allow(), *[deny(Condition=one)] * 5).allowed
    assert not decided(question(keys=keys), allow(), *[deny(Condition=one)] * 6).allowed


def test_a_hundred_operands_and_ten_long_values_are_far_from_the_limit():
    operands = [f"arn:aws:iam::*:role/{text}/*" for text in LETTERS[:100]]
    statement = deny(Condition={"ForAnyValue:ArnLike": {"k": operands}})
    keys = {"k": [f"arn:aws:iam::111122223333:role/{'x' * 30}/{number}" for number in range(10)]}

    assert decided(question(keys=keys), allow(), *[statement] * 2).allowed


NAMES = st.builds(
    lambda quantifier, name, if_exists: quantifier + name + if_exists,
    st.sampled_from(["", "ForAllValues:", "ForAnyValue:"]),
    st.sampled_from([*OPERATORS, "Null"]),
    st.sampled_from(["", "IfExists"]),
)
VALUES = (
    st.text(max_size=20)
    | st.integers().map(str)
    | st.floats().map(str)
    | st.datetimes().map(str)
    | st.ip_addresses().map(str)
    | st.sampled_from(["true", "${k}", "${j, 'x'}", "${", "1e999999999", "0001-01-01T00:00+14:00"])
)


@given(NAMES, st.lists(VALUES, max_size=3), st.lists(VALUES, max_size=3))
def test_whatever_is_compared_is_decided_or_malformed(operator, operands, values):
    try:
        statement = policy(allow(Condition={operator: {"k": operands}})).statements[0]
    except MalformedPolicyDocument:
        return
    context = question(keys={"k": values}).context
    assert statement.applies("kms:encrypt", "*", context, Budget()) in (0, 1)


@given(st.sampled_from([*OPERATORS]), VALUES, VALUES)
def test_a_negated_operator_is_the_opposite_of_the_other(operator, operand, value):
    opposite = operator.replace("not", "") if "not" in operator else ""
    if opposite not in OPERATORS:
        return
    try:
        positive = holds(opposite, "k", operand.replace("$", ""), {"k": value})
    except MalformedPolicyDocument:
        return
    assert holds(operator, "k", operand.replace("$", ""), {"k": value}) is not positive
