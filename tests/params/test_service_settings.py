"""Service settings: by name and by ARN, and PutParameter obeys the default tier."""

import pytest

from params.models import Parameter
from tests.audit.making import bodies
from tests.keys.using import refused
from tests.params.using import Ssm
from tests.support import people

pytestmark = pytest.mark.django_db(transaction=True)

TIER = "/ssm/parameter-store/default-parameter-tier"
THROUGHPUT = "/ssm/parameter-store/high-throughput-enabled"
ADMIN = "arn:aws:iam::123456789012:user/admin"


def arn(setting, region=people.REGION, account=people.ACCOUNT):
    return f"arn:aws:ssm:{region}:{account}:servicesetting{setting}"


def told(ssm, setting):
    return ssm("GetServiceSetting", SettingId=setting).service_setting


def update(ssm, setting, wanted):
    return ssm("UpdateServiceSetting", SettingId=setting, SettingValue=wanted)


@pytest.mark.parametrize(("setting", "default"), [(TIER, "Standard"), (THROUGHPUT, "false")])
def test_what_nobody_changed_is_the_default(ssm, setting, default):
    found = told(ssm, setting)

    assert (found.setting_id, found.setting_value, found.status) == (setting, default, "Default")
    assert found.arn == arn(setting)
    assert (found.last_modified_date, found.last_modified_user) == (None, None)


def test_a_setting_is_named_by_its_arn_too(ssm):
    update(ssm, arn(THROUGHPUT), "true")

    assert told(ssm, arn(THROUGHPUT)) == told(ssm, THROUGHPUT)
    found = told(ssm, THROUGHPUT)
    assert (found.setting_id, found.setting_value, found.status) == (
        *(THROUGHPUT, "true", "Customized"),
    )
    assert found.last_modified_user == ADMIN
    assert found.last_modified_date is not None


def test_a_setting_is_changed_again_and_reset(ssm):
    update(ssm, TIER, "Advanced")
    update(ssm, TIER, "Intelligent-Tiering")
    assert told(ssm, TIER).setting_value == "Intelligent-Tiering"

    found = ssm("ResetServiceSetting", SettingId=arn(TIER)).service_setting
    assert (found.setting_value, found.status) == ("Standard", "Default")
    assert found == told(ssm, TIER)
    assert ssm("ResetServiceSetting", SettingId=TIER).service_setting == found


def test_settings_are_an_accounts_in_a_region(ssm):
    update(ssm, TIER, "Advanced")
    other = Ssm(people.user("other", "*", number=people.OTHER_ACCOUNT))

    assert told(ssm.at(region="eu-west-1"), TIER).status == "Default"
    assert told(other, TIER).status == "Default"


@pytest.mark.parametrize(
    "setting",
    [
        "/ssm/managed-instance/activation-tier",
        "/ssm/parameter-store/nothing",
        "ssm/parameter-store/default-parameter-tier",
        arn(TIER, region="eu-west-1"),
        arn(TIER, account=people.OTHER_ACCOUNT),
        arn("/ssm/opsinsights/opscenter"),
    ],
)
@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("GetServiceSetting", {}),
        ("UpdateServiceSetting", {"SettingValue": "Advanced"}),
        ("ResetServiceSetting", {}),
    ],
)
def test_others_are_not_found(ssm, setting, name, more):
    with refused("ServiceSettingNotFound"):
        ssm(name, SettingId=setting, **more)


@pytest.mark.parametrize(
    ("setting", "wanted"),
    [(TIER, "advanced"), (TIER, "x"), (THROUGHPUT, "True"), (THROUGHPUT, "1")],
)
def test_what_a_setting_may_not_be_is_refused(ssm, setting, wanted):
    with refused("ValidationException"):
        update(ssm, setting, wanted)
    assert told(ssm, setting).status == "Default"


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("GetServiceSetting", {}),
        ("UpdateServiceSetting", {"SettingValue": "Advanced"}),
        ("ResetServiceSetting", {}),
    ],
)
def test_each_operation_is_allowed_by_the_settings_arn(name, more):
    who = people.user("some")
    people.attach(who, people.statement("Allow", f"ssm:{name}", resource=arn(TIER)))
    some = Ssm(who)
    some(name, SettingId=TIER, **more)

    with refused("AccessDeniedException"):
        some(name, SettingId=THROUGHPUT, **more)
    with refused("AccessDeniedException"):  # and is not told whether there is one
        some(name, SettingId="/ssm/nothing", **more)


def test_a_change_is_recorded_with_the_setting(ssm):
    update(ssm, TIER, "Advanced")

    record = bodies()[-1]
    assert record["eventName"] == "UpdateServiceSetting"
    assert record["requestParameters"] == {"settingId": TIER, "settingValue": "Advanced"}
    assert record["resources"][0]["ARN"] == arn(TIER)


# -- the default tier


def test_advanced_by_default(ssm):
    ssm.put("old")
    update(ssm, TIER, "Advanced")

    assert ssm.put("new").tier == "Advanced"
    assert ssm.put("given", Tier="Standard").tier == "Standard"
    assert ssm.put("old", Overwrite=True).tier == "Advanced"


def test_intelligent_by_default(ssm):
    update(ssm, TIER, "Intelligent-Tiering")

    assert ssm.put("small").tier == "Standard"
    assert ssm.put("large", "x" * 5000).tier == "Advanced"
    assert ssm.put("small", "x" * 5000, Overwrite=True).tier == "Advanced"
    assert ssm.put("small", Overwrite=True).tier == "Advanced"


def test_standard_by_default_takes_nothing_down(ssm):
    ssm.put("p", Tier="Advanced")

    assert ssm.put("p", Overwrite=True).tier == "Advanced"
    with refused("ValidationException"):
        ssm.put("large", "x" * 5000)
    assert Parameter.objects.count() == 1


def test_a_setting_counts_at_once(ssm):
    assert ssm.put("one").tier == "Standard"
    update(ssm, TIER, "Advanced")
    assert ssm.put("two").tier == "Advanced"
    ssm("ResetServiceSetting", SettingId=TIER)
    assert ssm.put("three").tier == "Standard"
