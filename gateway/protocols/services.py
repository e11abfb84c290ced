"""Which services the door knows, and how botocore's models say they are spoken to."""

from functools import cache

from service import model

JSON_SERVICES = ("kms", "ssm", "secretsmanager", "cloudtrail")
QUERY_SERVICES = ("sts", "iam")


@cache
def targets() -> dict[str, str]:
    """The prefix of X-Amz-Target ("TrentService") of each JSON service, mapped to its name."""
    return {model.service(name).metadata["targetPrefix"]: name for name in JSON_SERVICES}


@cache
def namespaces() -> dict[str, str]:
    """The XML namespace in which each query service answers."""
    return {name: model.service(name).metadata["xmlNamespace"] for name in QUERY_SERVICES}


@cache
def versions() -> dict[str, str]:
    return {name: model.service(name).api_version for name in QUERY_SERVICES}
