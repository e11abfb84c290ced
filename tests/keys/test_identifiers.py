"""The ways to name a key, and what is answered where none stands behind a name."""

import pytest

from keys.identifiers import parse
from tests.keys.using import NOWHERE, Kms, alias_arn, arn, refused
from tests.support import people

pytestmark = pytest.mark.django_db

BY_ALIAS_TOO = ["DescribeKey", "Encrypt", "GenerateDataKey"]
BY_KEY_ONLY = [
    "EnableKey",
    "DisableKey",
    "GetKeyPolicy",
    "ListKeyPolicies",
    "ListResourceTags",
    "ScheduleKeyDeletion",
    "CancelKeyDeletion",
    "ListAliases",
]
MORE = {"Encrypt": {"Plaintext": b"x"}, "GenerateDataKey": {"NumberOfBytes": 8}}


@pytest.mark.parametrize("operation", BY_ALIAS_TOO)
@pytest.mark.parametrize(
    "name", ["{}", "arn:aws:kms:us-east-1:123456789012:key/{}", "alias/x/y", alias_arn("alias/x/y")]
)
def test_a_key_goes_by_four_names(kms, key, operation, name):
    kms("CreateAlias", AliasName="alias/x/y", TargetKeyId=key)

    kms(operation, KeyId=name.format(key), **MORE.get(operation, {}))


@pytest.mark.parametrize("operation", BY_KEY_ONLY)
@pytest.mark.parametrize("name", ["alias/x", alias_arn("alias/x")])
def test_some_operations_do_not_take_aliases(kms, key, operation, name):
    kms("CreateAlias", AliasName="alias/x", TargetKeyId=key)

    with refused("NotFoundException", f"Invalid keyId '{name}'"):
        kms(operation, KeyId=name)


@pytest.mark.parametrize("operation", BY_ALIAS_TOO + BY_KEY_ONLY)
@pytest.mark.parametrize("name", [NOWHERE, arn(NOWHERE)])
def test_a_key_that_is_not_there(kms, operation, name):
    with refused("NotFoundException", f"Key '{arn(NOWHERE)}' does not exist"):
        kms(operation, KeyId=name, **MORE.get(operation, {}))


@pytest.mark.parametrize("name", ["alias/none", alias_arn("alias/none")])
def test_an_alias_that_is_not_there(kms, name):
    with refused("NotFoundException", f"Alias {alias_arn('alias/none')} is not found."):
        kms("DescribeKey", KeyId=name)


@pytest.mark.parametrize(
    "name",
    [
        "unknown",
        "12366f9b1230123d123e123e6ae60c02",
        "12366F9B-1230-123D-123E-123E6AE60C02",
        f"key/{NOWHERE}",
        "alias/",
        "alias/a:b",
        "alias/ü",
        "arn:aws:kms:us-east-1:123456789012",
        "arn:aws:kms:us-east-1:123456789012:secret/1",
        f"arn:aws:s3:us-east-1:123456789012:key/{NOWHERE}",
        f"arn:aws-cn:kms:us-east-1:123456789012:key/{NOWHERE}",
        f"{NOWHERE}\n",
    ],
)
def test_a_malformed_name(kms, name):
    with refused("NotFoundException", f"Invalid keyId '{name}'"):
        kms("DescribeKey", KeyId=name)


def test_an_arn_of_another_region(kms, key):
    with refused("NotFoundException", "Invalid arn eu-west-1"):
        kms("DescribeKey", KeyId=arn(key, region="eu-west-1"))


def test_a_key_is_in_one_region(kms, key):
    with refused("NotFoundException"):
        kms.at(region="eu-west-1")("DescribeKey", KeyId=key)


def test_regions_have_their_partitions(kms):
    made = kms.at(region="cn-north-1").create()

    assert made.arn == f"arn:aws-cn:kms:cn-north-1:{people.ACCOUNT}:key/{made.key_id}"


def test_who_may_not_touch_keys_does_not_learn_which_there_are(kms, key):
    nobody = Kms(people.user("nobody"))

    for name in (key, NOWHERE, "alias/none"):
        with refused("AccessDeniedException"):
            nobody("DescribeKey", KeyId=name)


def test_multi_region_ids_are_read(kms):
    text = "mrk-1234abcd12ab34cd56ef1234567890ab"

    assert parse(kms.caller(), text, aliases=False).arn == arn(text)
