"""Stored policies are compiled once, in a memory that no text can exceed."""

import gc
import json
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest

from iam.compiled import CompiledPolicies, weight
from iam.errors import MalformedPolicyDocument
from iam.policy.document import Policy, PolicyKind
from tests.iam.policy.asking import allow

RESOURCE, IDENTITY = PolicyKind.RESOURCE, PolicyKind.IDENTITY


def document(**more):
    statement = allow(**{"Principal": "*", **more})
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [statement]},
        separators=(",", ":"),
        ensure_ascii=False,
    )


def numbered(number):
    return document(Sid=f"number {number:04}")


WEIGHT = weight(numbered(0))


@pytest.fixture
def policies():
    """Room for eight of the numbered documents."""
    return CompiledPolicies(8 * WEIGHT)


def test_the_same_text_is_compiled_once(policies):
    assert policies.get(numbered(1), RESOURCE) is policies.get(numbered(1), RESOURCE)


def test_the_same_text_of_another_kind_is_another_policy(policies):
    text = json.dumps({"Statement": allow()})

    assert policies.get(text, IDENTITY).statements
    with pytest.raises(MalformedPolicyDocument):
        policies.get(text, RESOURCE)


def test_what_is_in_use_stays_and_what_is_not_goes(policies):
    used, unused = (policies.get(numbered(number), RESOURCE) for number in (0, 1))

    for number in range(2, 40):
        policies.get(numbered(number), RESOURCE)
        assert policies.get(numbered(0), RESOURCE) is used
    assert policies.get(numbered(1), RESOURCE) is not unused


def test_a_policy_that_leaves_no_room_for_others_is_not_kept(policies):
    kept = policies.get(numbered(0), RESOURCE)
    text = document(Action=["kms:*"] * 100)

    assert policies.get(text, RESOURCE) is not policies.get(text, RESOURCE)
    assert policies.get(numbered(0), RESOURCE) is kept


def test_threads_that_compile_the_same_text_count_it_once(policies):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: policies.get(numbered(n % 4), RESOURCE), range(400)))
    first = [policies.get(numbered(n), RESOURCE) for n in range(4)]

    assert [policies.get(numbered(n), RESOURCE) for n in range(4)] == first
    assert policies._young_bytes == len(policies._young) * WEIGHT


def test_a_text_that_another_thread_kept_meanwhile_counts_once(policies, monkeypatch):
    parse = Policy.parse

    def slow(text, kind):
        monkeypatch.setattr(Policy, "parse", parse)
        policies.get(text, kind)
        return parse(text, kind)

    monkeypatch.setattr(Policy, "parse", slow)
    policies.get(numbered(0), RESOURCE)

    assert policies._young_bytes == WEIGHT


PAIRS = [f"{a}{b}" for a in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ" for b in "abcdefghijklmnopqrst"]


def like(*operands, operator="StringLike"):
    return {"Condition": {operator: {"k": list(operands)}}}


@pytest.mark.parametrize(
    "element",
    [
        {"Action": [f"{pair}:*" for pair in PAIRS]},
        {"Resource": [f"arn:{pair}*" for pair in PAIRS]},
        {"Resource": [f"arn:?:?:*:?:?{pair}" for pair in PAIRS]},
        {"Principal": {"AWS": [f"{number:012}" for number in range(700)]}},
        {"Condition": {"Bool": dict.fromkeys(PAIRS, "true")}},
        {"Condition": {"Null": dict.fromkeys(PAIRS, "true")}},
        like(*PAIRS),
        like(*[f"\N{GRINNING FACE}{pair}" for pair in PAIRS]),
        like(*[f"{pair}*" for pair in PAIRS]),
        like(*[f"*?{pair}" for pair in PAIRS]),
        like(*[f"*\N{EM DASH}*\N{EM DASH}*\N{EM DASH}*{pair}" for pair in PAIRS]),
        like(*[f"${{a}}${{b}}${{c}}${{d}}{pair}" for pair in PAIRS]),
        like(*[f"arn:${{a}}:{pair}*" for pair in PAIRS], operator="ArnLike"),
        like("*a?" * 10_000),
        like(*range(5000), operator="NumericLessThan"),
        like(*range(5000), operator="NumericEquals"),
        like(*range(5000), operator="DateLessThan"),
        like(*[f"1.1.{n // 256}.{n % 256}" for n in range(2500)], operator="IpAddress"),
        like(*[f"::{n:x}" for n in range(2500)], operator="IpAddress"),
    ],
)
def test_no_compiled_policy_exceeds_its_weight(element):
    text = document(**element)
    gc.collect()
    tracemalloc.start()
    try:
        policy = Policy.parse(text, RESOURCE)
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert policy.statements
    assert held < weight(text)
