"""Texts with wildcards and variables."""

import re
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iam.policy import patterns
from iam.policy.patterns import Pattern
from tests.iam.policy.asking import Keys

KEYS = Keys({"aws:username": "alice", "aws:PrincipalTag/team": "a*", "many": ["a", "b"]})


def matches(pattern, value, **given):
    return Pattern(pattern, **given).matches(value, KEYS)


@pytest.mark.parametrize(
    ("pattern", "value", "fits"),
    [
        ("*", "", True),
        ("*", "anything", True),
        ("", "", True),
        ("", "a", False),
        ("abc", "abc", True),
        ("abc", "abcd", False),
        ("a*", "a", True),
        ("a*", "ba", False),
        ("*c", "abc", True),
        ("a*c", "ac", True),
        ("a*a", "a", False),
        ("a*b*c", "a-b-c", True),
        ("a*b*c", "acb", False),
        ("*b*", "abc", True),
        ("*b*", "ac", False),
        ("**", "x", True),
        ("?", "a", True),
        ("?", "", False),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("*?", "", False),
        ("?*?", "ab", True),
        ("*a?*c", "xabyc", True),
        ("*a?c*", "xac", False),
        ("*a?c?", "abcd", True),
        ("a.c", "abc", False),
        ("[a]", "a", False),
        ("a??", "a?", False),
        ("?b", "ab", True),
        ("?b", "abb", False),
        ("??", "a\n", True),
        ("*??*b", "ab", False),
        ("*??*b", "aab", True),
        ("*a?c*a?c*", "a-aac-abc", True),
        ("*a?c*a?c*", "a-aac-ac-a", False),
        ("*?b?*c", "bbc", False),
        ("*a*b*c*d*e*f*", "-a-b-c-d-e-f-", True),
        ("*a*b*c*d*e*f*", "-a-b-c-d-f-e-", False),
    ],
)
def test_wildcards(pattern, value, fits):
    assert matches(pattern, value) is fits


ALPHABET = st.sampled_from("ab*?")


@given(st.text(ALPHABET, max_size=8), st.text(st.sampled_from("ab"), max_size=10))
def test_wildcards_match_what_an_expression_would(pattern, value):
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")

    assert matches(pattern, value) is bool(re.fullmatch(expression, value))


def test_no_pattern_takes_long():
    began = time.process_time()

    assert not matches("*a" * 40 + "?b", "a" * 4000)
    assert time.process_time() - began < 1  # an expression would take longer than the universe


@pytest.mark.parametrize(
    "text",
    ["*a" * 15_000, "?" * 30_000, "*a?" * 10_000, "${k}" * 7500, "*\N{EM DASH}" * 10_000],
)
def test_a_pattern_holds_little_more_than_its_text(text):
    tracemalloc.start()
    try:
        pattern = Pattern(text)
        found = tracemalloc.take_snapshot()
    finally:
        tracemalloc.stop()
    ours = found.filter_traces([tracemalloc.Filter(True, patterns.__file__)])  # not other threads'
    held = sum(trace.size for trace in ours.traces)

    assert pattern.text is text
    assert held < 5000


def test_filling_in_is_linear():
    keys = Keys({"k": "a" * 8000})
    began = time.process_time()

    assert Pattern("${k}" * 2000 + "?*").matches("a" * 16_000_001, keys)
    assert time.process_time() - began < 1


def test_a_broken_variable_is_found_at_once():
    began = time.process_time()

    with pytest.raises(ValueError, match="is not a variable"):
        Pattern("${a" + " " * 30_000 + "!}")
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    ("pattern", "value", "fits"),
    [
        ("home/${aws:username}/x", "home/alice/x", True),
        ("home/${AWS:UserName}/x", "home/bob/x", False),
        ("${aws:PrincipalTag/team}", "a*", True),
        ("${aws:PrincipalTag/team}", "abc", False),
        ("${aws:missing, 'none'}", "none", True),
        ("${aws:username, 'none'}", "none", False),
        ("${aws:missing}", "", False),
        ("${many}", "a", False),
        ("${*}${?}${$}", "*?$", True),
        ("${*}", "x", False),
        ("${aws:username}*", "alice-2", True),
        ("${ aws:username , 'none' }", "alice", True),
        ("${aws:missing, 'a, b'}", "a, b", True),
        ("${aws:missing,''}", "", True),
        ("*${aws:username}*a*b*c*d*e*", "-alice-a-b-c-d-e-", True),
    ],
)
def test_variables(pattern, value, fits):
    assert matches(pattern, value) is fits


def test_without_variables_they_are_plain_text():
    assert matches("${aws:username}", "${aws:username}", variables=False)


def test_without_wildcards_they_are_plain_text():
    assert matches("a*?", "a*?", wildcards=False)
    assert not matches("a*?", "abc", wildcards=False)


def test_folded_patterns_match_lower_case():
    assert matches("KMS:Enc*", "kms:encrypt", fold=True)
    assert Pattern("${K}-X", fold=True).matches("a-x", Keys({"k": "A"}))


@pytest.mark.parametrize(
    "text", ["${", "a${b", "${a, b}", "${'x'}", "${}", "${a,}", "${a,'}", "${a,'b'c'}"]
)
def test_a_broken_variable_is_an_error(text):
    with pytest.raises(ValueError, match="variable"):
        Pattern(text)


def test_a_pattern_is_told_as_it_was_written():
    assert repr(Pattern("A*", fold=True)) == "Pattern('A*')"
