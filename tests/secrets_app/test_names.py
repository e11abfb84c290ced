"""A secret goes by its name, its ARN, and its ARN without the last six characters."""

import pytest

from secrets_app.models import Secret
from tests.keys.using import refused
from tests.support import people

pytestmark = pytest.mark.django_db

PREFIX = f"arn:aws:secretsmanager:us-east-1:{people.ACCOUNT}:secret:"
INVALID = (
    "Invalid name. Must be a valid name containing alphanumeric characters, or any of the "
    "following: -/_+=.@!"
)


@pytest.mark.parametrize("name", ["plain", "a/b", "test-secret", "x-abcdef", "+=.@!_-"])
def test_a_secret_has_three_names(sm, name):
    arn = sm.create(name)

    assert arn.startswith(PREFIX + name + "-")
    for called in (name, arn, PREFIX + name):
        assert sm.describe(called)["ARN"] == arn


def test_a_whole_arn_comes_before_a_partial_one(sm):
    short = sm.create("x")
    Secret.objects.filter(name="x").update(suffix="abcdef")
    long = sm.create("x-abcdef")

    assert sm.describe(PREFIX + "x-abcdef")["Name"] == "x"
    assert sm.describe("x-abcdef")["ARN"] == long
    assert sm.describe(long)["Name"] == "x-abcdef"
    assert short != long


@pytest.mark.parametrize(
    "called",
    [
        PREFIX + "x-AAAAAA",
        PREFIX.replace("us-east-1", "eu-west-1") + "x",
        PREFIX + "y",
        "y",
        "x-AAAAAA",
    ],
)
def test_what_names_no_secret(sm, called):
    sm.create("x")

    with refused("ResourceNotFoundException", "Secrets Manager can't find the specified secret."):
        sm.read(called)


@pytest.mark.parametrize(
    "called",
    ["a b", "ä", "a:b", "arn:aws", "arn:aws:kms:us-east-1:123456789012:key/x", PREFIX + "a b"],
)
def test_what_can_name_no_secret(sm, called):
    with refused("ValidationException", INVALID):
        sm.read(called)


def test_a_region_has_its_own_secrets(sm):
    sm.create("x")

    with refused("ResourceNotFoundException"):
        sm.at(region="eu-west-1").read("x")
    sm.at(region="eu-west-1").create("x", "there")
    assert sm.read("x") == "s3cret"
