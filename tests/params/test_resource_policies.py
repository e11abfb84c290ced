"""PutResourcePolicy, GetResourcePolicies, DeleteResourcePolicy."""

import hashlib
import json
import threading

import pytest
from django.db import connections

from params import sharing as rules
from tests.keys.using import refused
from tests.params.sharing import READ, document, put, shared, sharing
from tests.params.using import Ssm, arn
from tests.support import people

pytestmark = pytest.mark.django_db(transaction=True)

STATEMENT = {
    "Effect": "Allow",
    "Principal": {"AWS": people.OTHER_ACCOUNT},
    "Action": list(READ),
    "Resource": "*",
}


def policies(ssm, name="p", **params):
    return ssm("GetResourcePolicies", ResourceArn=arn(name), **params)


@pytest.fixture
def parameter(ssm) -> str:
    ssm.put("/p", Tier="Advanced")
    return arn("p")


def test_a_policy_comes_back_as_it_was_given(ssm, parameter):
    given = json.dumps(json.loads(sharing()), indent=2)

    made = put(ssm, "p", given)

    (told,) = policies(ssm).policies
    assert told.policy == given
    assert (told.policy_id, told.policy_hash) == (made.policy_id, made.policy_hash)
    assert made.policy_hash == hashlib.sha256(given.encode()).hexdigest()


def test_a_parameter_without_policies_tells_none(ssm, parameter):
    answer = policies(ssm)

    assert (answer.policies, answer.next_token) == ((), None)


def test_a_policy_is_replaced_by_its_id_and_hash(ssm, parameter):
    made = put(ssm, "p")
    history = sharing(actions=("ssm:GetParameterHistory",))

    again = put(ssm, "p", history, PolicyId=made.policy_id, PolicyHash=made.policy_hash)

    assert again.policy_id == made.policy_id
    assert again.policy_hash != made.policy_hash
    assert [each.policy for each in policies(ssm).policies] == [history]


def test_who_knows_an_older_policy_only_changes_nothing(ssm, parameter):
    made = put(ssm, "p")
    known = {"PolicyId": made.policy_id, "PolicyHash": made.policy_hash}
    put(ssm, "p", sharing("*"), **known)

    with refused("ResourcePolicyConflictException"):
        put(ssm, "p", sharing(), **known)
    with refused("ResourcePolicyConflictException"):
        ssm("DeleteResourcePolicy", ResourceArn=parameter, **known)
    assert [each.policy for each in policies(ssm).policies] == [sharing("*")]


def test_a_policy_that_is_not_there_is_not_changed(ssm, parameter):
    known = {"PolicyId": "gone", "PolicyHash": "gone"}

    with refused("ResourcePolicyNotFoundException"):
        put(ssm, "p", **known)
    with refused("ResourcePolicyNotFoundException"):
        ssm("DeleteResourcePolicy", ResourceArn=parameter, **known)


@pytest.mark.parametrize(
    ("given", "wrong"), [({"PolicyId": "x"}, "PolicyHash"), ({"PolicyHash": "x"}, "PolicyId")]
)
def test_an_id_goes_with_its_hash(ssm, parameter, given, wrong):
    with refused("ResourcePolicyInvalidParameterException") as error:
        put(ssm, "p", **given)
    assert error.value.members == {"ParameterNames": [wrong]}


def test_a_standard_parameter_is_not_shared(ssm):
    ssm.put("/p")

    with refused(
        "ResourcePolicyInvalidParameterException",
        "A parameter must be in the advanced-parameter tier to be shared.",
    ):
        put(ssm, "p")


@pytest.mark.parametrize(
    "name",
    [
        "not an arn at all, but long enough",
        f"arn:aws:ssm:us-east-1:{people.ACCOUNT}:opsitemgroup/default",
        f"arn:aws:kms:us-east-1:{people.ACCOUNT}:parameter/p",
        f"arn:aws:ssm:eu-west-1:{people.ACCOUNT}:parameter/p",
        f"arn:aws:ssm:us-east-1:{people.ACCOUNT}:parameter/p:1",
        "/a/parameter/by/its/own/name",
    ],
)
def test_only_parameters_have_policies(ssm, parameter, name):
    with refused("ResourcePolicyInvalidParameterException") as error:
        ssm("GetResourcePolicies", ResourceArn=name)
    assert error.value.members == {"ParameterNames": ["ResourceArn"]}


def test_a_parameter_that_is_not_there_is_told_to_those_who_may_ask(ssm):
    nobody = Ssm(people.user("nobody"))
    for name, more in (
        ("PutResourcePolicy", {"Policy": sharing()}),
        ("GetResourcePolicies", {}),
        ("DeleteResourcePolicy", {"PolicyId": "x", "PolicyHash": "x"}),
    ):
        with refused(
            "ResourceNotFoundException", "The specified parameter to be shared could not be found."
        ):
            ssm(name, ResourceArn=arn("gone"), **more)
        with refused("AccessDeniedException"):
            nobody(name, ResourceArn=arn("gone"), **more)


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("{", "The policy is not valid JSON."),
        (
            document({**STATEMENT, "Principal": {"AWS": "nobody"}}),
            "Statement 1 has a Principal that names nobody, which can be no principal.",
        ),
        (
            document({**STATEMENT, "Sid": "s", "Action": ["ssm:PutParameter", "kms:Decrypt"]}),
            "Statement s allows none of ssm:DescribeParameters, ssm:GetParameter, "
            "ssm:GetParameterHistory, ssm:GetParameters, which can be shared.",
        ),
        (
            document({**STATEMENT, "Resource": arn("other")}),
            f"Statement 1 has a Resource that is not {arn('p')}.",
        ),
        (
            document(
                {**STATEMENT, "Condition": {"StringEquals": {"aws:userid": "${x}"}}}, version=None
            ),
            "The policy has variables; its Version must be 2012-10-17.",
        ),
    ],
)
def test_a_policy_that_shares_nothing_is_refused_with_the_reason(ssm, parameter, policy, message):
    with refused("MalformedResourcePolicyDocumentException", message):
        put(ssm, "p", policy)
    assert policies(ssm).policies == ()


def test_a_variable_is_one_however_it_is_written(ssm, parameter):
    condition = {"StringEquals": {"aws:userid": "${aws:userid}"}}
    policy = document({**STATEMENT, "Condition": condition}, version=None)

    with refused("MalformedResourcePolicyDocumentException"):
        put(ssm, "p", policy.replace("$", "\\u0024"))


@pytest.mark.parametrize(
    "statement",
    [
        {**STATEMENT, "Resource": arn("p")},
        {**STATEMENT, "Resource": arn("p*")},
        {**STATEMENT, "Resource": "arn:aws:ssm:*:*:parameter/${aws:username}"},
        {**STATEMENT, "Action": "ssm:Get*"},
        {**STATEMENT, "Effect": "Deny", "Action": "ssm:DeleteParameter"},
    ],
)
def test_a_policy_may_use_what_policies_have(ssm, parameter, statement):
    assert put(ssm, "p", document(statement)).policy_id


def test_several_policies_decide_together(ssm, parameter):
    stranger = Ssm(people.user("stranger", "*", number=people.OTHER_ACCOUNT))
    one = {**STATEMENT, "Sid": "same", "Action": "ssm:GetParameter"}
    put(ssm, "p", document(one))
    put(ssm, "p", document({**one, "Action": "ssm:GetParameterHistory"}, version=None))
    assert stranger.get(parameter).value == "value"
    assert stranger("GetParameterHistory", Name=parameter).parameters

    put(ssm, "p", json.dumps({"Statement": {**one, "Effect": "Deny"}}))
    with refused("AccessDeniedException"):
        stranger.get(parameter)


def test_there_are_as_many_policies_as_fit(ssm, parameter):
    for _ in range(rules.MOST_POLICIES):
        put(ssm, "p")

    with refused("ResourcePolicyLimitExceededException") as error:
        put(ssm, "p")
    assert error.value.members == {"Limit": 10, "LimitType": "PolicyCount"}


def test_a_policy_is_as_long_as_fits(ssm, parameter):
    room = rules.MOST_BYTES - len(sharing(Sid=""))
    put(ssm, "p", sharing(Sid="s" * room))

    with refused("ResourcePolicyLimitExceededException") as error:
        put(ssm, "p", sharing(Sid="s" * (room + 1)))
    assert error.value.members == {"Limit": 1024, "LimitType": "PolicySize"}


def test_policies_come_in_pages_in_the_order_in_which_they_were_made(ssm, parameter):
    made = [put(ssm, "p").policy_id for _ in range(3)]

    first = policies(ssm, MaxResults=2)
    rest = policies(ssm, MaxResults=2, NextToken=first.next_token)

    assert [each.policy_id for each in (*first.policies, *rest.policies)] == made
    assert (len(first.policies), rest.next_token) == (2, None)


def test_a_token_is_for_one_parameter(ssm, parameter):
    put(ssm, "p"), put(ssm, "p")
    token = policies(ssm, MaxResults=1).next_token
    shared(ssm, "q")

    for given in (token, "x"):
        with refused("ResourcePolicyInvalidParameterException") as error:
            policies(ssm, "q", NextToken=given)
        assert error.value.members == {"ParameterNames": ["NextToken"]}


def test_of_two_who_replace_a_policy_at_once_one_is_told(ssm, parameter):
    made = put(ssm, "p")
    known = {"PolicyId": made.policy_id, "PolicyHash": made.policy_hash}
    told: list[str] = []
    together = threading.Barrier(2)

    def replace(number):
        together.wait()
        try:
            put(ssm, "p", sharing(Sid=str(number)), **known)
            told.append("done")
        except Exception as error:
            told.append(getattr(error, "code", repr(error)))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=replace, args=(number,)) for number in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(told) == ["ResourcePolicyConflictException", "done"]
