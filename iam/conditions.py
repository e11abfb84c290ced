"""The condition keys that requests to IAM answer.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""

from collections.abc import Sequence

from iam.models import Group, Policy, Role, User
from iam.shapes import Tag

Conditions = dict[str, str | Sequence[str]]


def of_tags(tags: Sequence[Tag]) -> Conditions:
    """The tags that a request brings."""
    return {f"aws:RequestTag/{tag.key}": tag.value for tag in tags} | of_tag_keys(
        [tag.key for tag in tags]
    )


def of_tag_keys(keys: Sequence[str]) -> Conditions:
    return {"aws:TagKeys": keys} if keys else {}


def of_boundary(arn: str | None) -> Conditions:
    """The permissions boundary that a request sets."""
    return {"iam:PermissionsBoundary": arn} if arn else {}


def of_bounded(row: User | Group | Role | None) -> Conditions:
    """The permissions boundary that whoever a request changes has already."""
    boundary: Policy | None = getattr(row, "boundary", None)
    return of_boundary(boundary.arn if boundary else None)


def of_policy(arn: str) -> Conditions:
    return {"iam:PolicyARN": arn}
