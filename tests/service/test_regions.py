"""Regions: AWS's, narrowed to those that are served."""

import pytest

from service.regions import (
    default_region,
    known_regions,
    partition_of,
    region_of_call,
    served_regions,
)


@pytest.fixture(autouse=True)
def _nothing_remembered():
    served_regions.cache_clear()
    known_regions.cache_clear()
    yield
    served_regions.cache_clear()


def test_every_region_is_in_its_partition():
    assert partition_of("us-east-1") == "aws"
    assert partition_of("cn-north-1") == "aws-cn"
    assert partition_of("us-gov-west-1") == "aws-us-gov"
    assert partition_of("") == "aws"
    assert partition_of("mars-north-1") == "aws"


def test_the_settings_may_narrow_what_is_served(settings):
    assert served_regions() == known_regions()
    served_regions.cache_clear()
    settings.STRONGROOM_REGIONS = ["eu-central-1"]

    assert served_regions() == {"eu-central-1": "aws"}


def test_a_call_of_iam_is_taken_where_aws_signs_it(settings):
    assert region_of_call("iam", "eu-west-1") == "eu-west-1"
    served_regions.cache_clear()
    settings.STRONGROOM_REGIONS = ["eu-central-1"]

    assert region_of_call("kms", "eu-central-1") == "eu-central-1"
    assert region_of_call("iam", "us-east-1") == "eu-central-1"
    assert region_of_call("iam", "eu-west-1") is None
    assert region_of_call("kms", "us-east-1") is None


@pytest.mark.parametrize("chosen", [["mars-1"], ["us-east-1", "mars-1"]])
def test_a_region_that_nobody_knows_is_not_served(settings, chosen):
    settings.STRONGROOM_REGIONS = chosen

    assert "mars-1" not in served_regions()
    assert default_region() == "us-east-1"


def test_the_environment_of_an_aws_client_does_not_matter(monkeypatch):
    """Whoever starts the server may have a client's settings in his shell."""
    monkeypatch.setenv("AWS_PROFILE", "of-somebody")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")

    assert "us-east-1" in known_regions()
