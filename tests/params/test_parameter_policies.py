"""Parameter policies: kept with a parameter of the Advanced tier, and told."""

import json

import pytest

from tests.keys.using import refused

pytestmark = pytest.mark.django_db

EXPIRATION = {
    "Type": "Expiration",
    "Version": "1.0",
    "Attributes": {"Timestamp": "2030-01-01T00:00:00.000Z"},
}
POLICIES = json.dumps([EXPIRATION])


def told(ssm):
    (parameter,) = ssm("DescribeParameters").parameters
    return parameter.policies


def test_policies_are_told_until_others_are_given(ssm):
    ssm.put("p", Tier="Advanced", Policies=POLICIES)
    ssm.put("p", Overwrite=True)

    (policy,) = told(ssm)
    assert (policy.policy_type, policy.policy_status) == ("Expiration", "Pending")
    assert json.loads(policy.policy_text) == EXPIRATION
    history = ssm("GetParameterHistory", Name="p").parameters
    assert [each.policies for each in history] == [(policy,)] * 2

    ssm.put("p", Overwrite=True, Policies="[]")
    assert told(ssm) == ()


def test_policies_need_the_advanced_tier(ssm):
    with refused("ValidationException"):
        ssm.put("p", Policies=POLICIES)
    assert ssm.put("p", Policies=POLICIES, Tier="Intelligent-Tiering").tier == "Advanced"
    ssm.put("q", Policies="{}")


@pytest.mark.parametrize("policies", ["x", "1", '{"Type": "Expiration"}', "[" * 4000])
def test_what_is_no_list_of_policies_is_refused(ssm, policies):
    with refused("InvalidPolicyAttributeException"):
        ssm.put("p", Tier="Advanced", Policies=policies)
