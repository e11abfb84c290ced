"""Shapes of IAM's model that several operations share."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from iam import models
from service.value import value


@value
class Nothing:
    """The output of operations that have none."""


@value
class Tag:
    key: str
    value: str


@value
class AttachedPermissionsBoundary:
    permissions_boundary_type: str
    permissions_boundary_arn: str


@value
class User:
    path: str
    user_name: str
    user_id: str
    arn: str
    create_date: datetime
    permissions_boundary: AttachedPermissionsBoundary | None = None
    tags: tuple[Tag, ...] | None = None


@value
class Group:
    path: str
    group_name: str
    group_id: str
    arn: str
    create_date: datetime


@value
class Role:
    path: str
    role_name: str
    role_id: str
    arn: str
    create_date: datetime
    assume_role_policy_document: str
    description: str | None
    max_session_duration: int
    permissions_boundary: AttachedPermissionsBoundary | None = None
    tags: tuple[Tag, ...] | None = None


@value
class ManagedPolicy:
    policy_name: str
    policy_id: str
    arn: str
    path: str
    default_version_id: str
    attachment_count: int
    permissions_boundary_usage_count: int
    is_attachable: bool
    create_date: datetime
    update_date: datetime
    description: str | None = None
    tags: tuple[Tag, ...] | None = None


@value
class PolicyVersion:
    version_id: str
    is_default_version: bool
    create_date: datetime
    document: str | None = None


def listed_user(row: models.User) -> User:
    """A user as lists tell it: without its boundary and tags, as on AWS."""
    return User(row.path, row.name, row.unique_id, row.arn, row.created)


def user_of(row: models.User) -> User:
    return User(
        **_identity(row, "user"), permissions_boundary=_boundary(row), tags=tags_of(row.tags)
    )


def group_of(row: models.Group) -> Group:
    return Group(**_identity(row, "group"))


def role_of(row: models.Role, *, listed: bool = False) -> Role:
    """`listed`: without its boundary and tags, as AWS's lists tell it."""
    return Role(
        **_identity(row, "role"),
        assume_role_policy_document=row.trust_policy,
        description=row.description or None,
        max_session_duration=row.max_session_duration,
        permissions_boundary=None if listed else _boundary(row),
        tags=None if listed else tags_of(row.tags),
    )


def policy_of(row: models.Policy, account: str, *, listed: bool = False) -> ManagedPolicy:
    """With how often it is used in `account`.

    `listed`: without its description and tags, as AWS's lists tell it.
    """
    return ManagedPolicy(
        policy_name=row.name,
        policy_id=row.unique_id,
        arn=row.arn,
        path=row.path,
        default_version_id=f"v{row.version}",
        attachment_count=_used(account, row.users, row.groups, row.roles),
        permissions_boundary_usage_count=_used(account, row.bounded_users, row.bounded_roles),
        is_attachable=True,
        create_date=row.created,
        update_date=row.updated,
        description=None if listed else row.description or None,
        tags=None if listed else tags_of(row.tags),
    )


def tags_of(tags: Mapping[str, str]) -> tuple[Tag, ...] | None:
    """None if there is none: GetUser and its like leave the member out then."""
    return tuple(Tag(key, told) for key, told in tags.items()) or None


def _used(account: str, *users: Any) -> int:
    return sum(each.filter(account_id=account).count() for each in users)


def _identity(row: models.User | models.Group | models.Role, kind: str) -> dict[str, Any]:
    return {
        "path": row.path,
        f"{kind}_name": row.name,
        f"{kind}_id": row.unique_id,
        "arn": row.arn,
        "create_date": row.created,
    }


def _boundary(row: models.User | models.Role) -> AttachedPermissionsBoundary | None:
    if row.boundary is None:
        return None
    return AttachedPermissionsBoundary("PermissionsBoundaryPolicy", row.boundary.arn)
