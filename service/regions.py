"""The regions that are served, each with its partition, out of botocore's own list."""

from functools import cache

from botocore.loaders import Loader
from botocore.regions import EndpointResolver
from django.conf import settings

US_EAST_1 = "us-east-1"
DEFAULT_PARTITION = "aws"


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


def partition_of(region: str) -> str:
    """The partition of a known region; "aws" for the global scope ""."""
    return known_regions()[region] if region else DEFAULT_PARTITION
