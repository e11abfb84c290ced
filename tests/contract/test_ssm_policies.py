"""Parameter policies and service settings through boto3, against a running server."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from tests.params.policies import after, before, ends

TIER = "/ssm/parameter-store/default-parameter-tier"
ARN = f"arn:aws:ssm:eu-central-1:123456789012:servicesetting{TIER}"


@pytest.fixture
def ssm(server):
    """In a region of its own."""
    return server.client("ssm", region_name="eu-central-1")


def code_of(call, **given):
    with pytest.raises(ClientError) as raised:
        call(**given)
    return raised.value.response["Error"]["Code"]


def put(ssm, name, *policies, **params):
    given = {"Value": "x", "Type": "String", "Tier": "Intelligent-Tiering", **params}
    return ssm.put_parameter(Name=name, Policies=json.dumps(policies), **given)


def test_policies_are_told_where_aws_tells_them(ssm):
    given = [ends(datetime.now(UTC) + timedelta(days=9)), before(2, "Days"), after(1, "Hours")]
    assert put(ssm, "/policies/p", *given)["Tier"] == "Advanced"

    wanted = [{"Key": "Name", "Values": ["/policies/p"]}]
    (described,) = ssm.describe_parameters(ParameterFilters=wanted)["Parameters"]
    (version,) = ssm.get_parameter_history(Name="/policies/p")["Parameters"]
    assert described["Policies"] == version["Policies"]
    assert described["Policies"] == [
        {
            "PolicyText": json.dumps(each, separators=(",", ":")),
            "PolicyType": each["Type"],
            "PolicyStatus": "Pending",
        }
        for each in given
    ]


@pytest.mark.parametrize(
    ("policies", "code"),
    [
        ([{"Type": "x"}], "InvalidPolicyTypeException"),
        ([after(0, "Days")], "InvalidPolicyAttributeException"),
        ([before(1, "Days")], "IncompatiblePolicyException"),
        ([after(1, "Days")] * 11, "PoliciesLimitExceededException"),
    ],
)
def test_policies_that_cannot_be_are_refused(ssm, policies, code):
    given = {"Value": "x", "Type": "String", "Tier": "Advanced", "Policies": json.dumps(policies)}

    assert code_of(ssm.put_parameter, Name="/policies/none", **given) == code


def test_a_parameter_is_gone_when_it_expires(ssm):
    moment = datetime.now(UTC) + timedelta(seconds=1)
    put(ssm, "/policies/short", ends(moment))
    while True:
        before_asking = datetime.now(UTC)
        try:
            ssm.get_parameter(Name="/policies/short")
        except ClientError as error:
            gone = error.response["Error"]["Code"]
            break
        assert before_asking < moment

    assert gone == "ParameterNotFound"
    assert datetime.now(UTC) >= moment
    assert ssm.get_parameters(Names=["/policies/short"])["Parameters"] == []
    assert put(ssm, "/policies/short")["Version"] == 1


def test_a_service_settings_life(ssm):
    default = ssm.get_service_setting(SettingId=TIER)["ServiceSetting"]
    assert default == {
        "SettingId": TIER,
        "SettingValue": "Standard",
        "ARN": ARN,
        "Status": "Default",
    }

    ssm.update_service_setting(SettingId=ARN, SettingValue="Advanced")
    changed = ssm.get_service_setting(SettingId=ARN)["ServiceSetting"]
    assert changed.pop("LastModifiedDate") <= datetime.now(UTC)
    assert changed.pop("LastModifiedUser").startswith("arn:aws:iam::123456789012:")
    assert changed == {**default, "SettingValue": "Advanced", "Status": "Customized"}
    made = ssm.put_parameter(Name="/tiers/p", Value="x", Type="String")
    assert made["Tier"] == "Advanced"

    assert ssm.reset_service_setting(SettingId=TIER)["ServiceSetting"] == default
    code = code_of(ssm.get_service_setting, SettingId="/ssm/managed-instance/activation-tier")
    assert code == "ServiceSettingNotFound"
    code = code_of(ssm.update_service_setting, SettingId=TIER, SettingValue="x")
    assert code == "ValidationException"
