"""The regions that are served, each with its partition, out of botocore's own list."""

from functools import cache

from botocore.loaders import Loader
from botocore.regions import EndpointResolver
from django.conf import settings

US_EAST_1 = "us-east-1"
DEFAULT_PARTITION = "aws"
# where clients sign for IAM, which is in no region: one of each partition that has IAM
IAM_REGIONS = frozenset(
    {
        US_EAST_1,
        "cn-north-1",
        "us-gov-west-1",
        "us-iso-east-1",
        "us-isob-east-1",
        "us-isof-south-1",
    }
)


@cache
def known_regions() -> dict[str, str]:
    """Every region botocore knows for KMS, mapped to its partition ("aws", "aws-cn", ...)."""
    # not a session: that reads AWS_PROFILE, which may name one that the first start has yet to make
    resolver = EndpointResolver(Loader().load_data("endpoints"))
    return {
        region: partition
        for partition in resolver.get_available_partitions()
        for region in resolver.get_available_endpoints("kms", partition)
    }


@cache
def served_regions() -> dict[str, str]:
    """The known regions, narrowed to `STRONGROOM_REGIONS` where that is set.

    What it names and nobody knows is left to a system check to tell, and served by nobody.
    """
    chosen: list[str] = settings.STRONGROOM_REGIONS
    known = known_regions()
    return {name: known[name] for name in chosen if name in known} if chosen else known


def default_region() -> str:
    """Where a call belongs that names no region: us-east-1, as with AWS's own tools."""
    served = served_regions()
    return US_EAST_1 if US_EAST_1 in served else next(iter(served), US_EAST_1)


def region_of_call(service: str, signed_for: str) -> str | None:
    """The region where a call belongs that was signed for a service and region; None: it is none.

    A call of IAM belongs to the default region where the one that AWS signs it for is not served.
    """
    if signed_for in served_regions():
        return signed_for
    return default_region() if service == "iam" and signed_for in IAM_REGIONS else None


def partition_of(region: str) -> str:
    """The partition of a region; "aws" for the global scope "", and for what is no region."""
    return known_regions().get(region, DEFAULT_PARTITION)
