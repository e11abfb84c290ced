"""Accounts, principals, credentials and policies as they are stored.

Names follow IAM's API. Every ARN and unique id has AWS's form, so that policies written
for AWS match here. Nothing here decides: see `iam.authorize`.
"""

import secrets
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def unique_id(prefix: str) -> str:
    """An id of IAM's form: a prefix that tells the kind (AIDA, AROA, …) and 17 characters."""
    return prefix + "".join(secrets.choice(BASE32) for _ in range(17))


def user_id() -> str:
    return unique_id("AIDA")


def group_id() -> str:
    return unique_id("AGPA")


def role_id() -> str:
    return unique_id("AROA")


def policy_id() -> str:
    return unique_id("ANPA")


def access_key_id(prefix: str = "AKIA") -> str:
    """ "AKIA" is of a long-term key, "ASIA" of a session's."""
    return unique_id(prefix)[:20]


class Revision(models.Model):
    """One row that counts the changes to anything a decision may rest upon."""

    id = models.SmallAutoField(primary_key=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.value)


class Account(models.Model):
    """An account of twelve digits. Its root identity has no row: it is the account."""

    id = models.CharField(primary_key=True, max_length=12)
    name = models.CharField(max_length=128, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.id


class Named(models.Model):
    """What users, groups, roles and managed policies have in common."""

    arn_type: ClassVar[str]

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    name = models.CharField(max_length=128)
    path = models.CharField(max_length=512, default="/")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="%(class)s_name_is_unique")
        ]

    def __str__(self) -> str:
        return self.arn

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account_id}:{self.arn_type}{self.path}{self.name}"


class Policy(models.Model):
    """A managed policy; without an account it is one of AWS's own (`arn:aws:iam::aws:…`).

    `document` is the default version's, number `version`; of the others see `OtherVersion`.
    A number is never used again: `versions_made` is the highest that ever was.
    """

    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.CASCADE)
    unique_id = models.CharField(max_length=21, unique=True, default=policy_id)
    name = models.CharField(max_length=128)
    path = models.CharField(max_length=512, default="/")
    description = models.CharField(max_length=1000, blank=True)
    document = models.TextField()
    version = models.PositiveIntegerField(default=1)
    version_created = models.DateTimeField(default=timezone.now)
    versions_made = models.PositiveIntegerField(default=1)
    tags = models.JSONField(default=dict, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="policy_name_is_unique"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(account=None), name="aws_policy_name_is_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.arn

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account_id or 'aws'}:policy{self.path}{self.name}"


class OtherVersion(models.Model):
    """A version of a managed policy that is not the default one, and so decides nothing."""

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="other_versions")
    number = models.PositiveIntegerField()
    document = models.TextField()
    created = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="policy_version_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.policy} v{self.number}"


class Group(Named):
    arn_type = "group"

    unique_id = models.CharField(max_length=21, unique=True, default=group_id)
    policies = models.ManyToManyField(Policy, blank=True, related_name="groups")


class User(Named):
    arn_type = "user"

    unique_id = models.CharField(max_length=21, unique=True, default=user_id)
    groups = models.ManyToManyField(Group, blank=True, related_name="users")
    policies = models.ManyToManyField(Policy, blank=True, related_name="users")
    boundary = models.ForeignKey(
        Policy, null=True, blank=True, on_delete=models.PROTECT, related_name="bounded_users"
    )
    tags = models.JSONField(default=dict, blank=True)


class Role(Named):
    arn_type = "role"

    unique_id = models.CharField(max_length=21, unique=True, default=role_id)
    trust_policy = models.TextField()
    description = models.CharField(max_length=1000, blank=True)
    max_session_duration = models.PositiveIntegerField(default=3600)  # seconds
    policies = models.ManyToManyField(Policy, blank=True, related_name="roles")
    boundary = models.ForeignKey(
        Policy, null=True, blank=True, on_delete=models.PROTECT, related_name="bounded_roles"
    )
    tags = models.JSONField(default=dict, blank=True)


class InlinePolicy(models.Model):
    """A policy that belongs to one user, group or role and goes with it."""

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="inline")
    group = models.ForeignKey(Group, null=True, on_delete=models.CASCADE, related_name="inline")
    role = models.ForeignKey(Role, null=True, on_delete=models.CASCADE, related_name="inline")
    name = models.CharField(max_length=128)
    document = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(user__isnull=False, group=None, role=None)
                    | Q(group__isnull=False, user=None, role=None)
                    | Q(role__isnull=False, user=None, group=None)
                ),
                name="inline_policy_has_one_owner",
            ),
            models.UniqueConstraint(fields=["user", "name"], name="user_inline_name_is_unique"),
            models.UniqueConstraint(fields=["group", "name"], name="group_inline_name_is_unique"),
            models.UniqueConstraint(fields=["role", "name"], name="role_inline_name_is_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.user or self.group or self.role}"


class AccessKey(models.Model):
    """A long-term credential of a user, or of the account's root where `user` is empty."""

    id = models.CharField(primary_key=True, max_length=128, default=access_key_id)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="access_keys"
    )
    sealed_secret = models.BinaryField()
    active = models.BooleanField(default=True)
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.id


class AccessKeyUse(models.Model):
    """When, where and for what an access key was last used; apart, for it changes often."""

    access_key = models.OneToOneField(
        AccessKey, primary_key=True, on_delete=models.CASCADE, related_name="last_use"
    )
    time = models.DateTimeField()
    region = models.CharField(max_length=32)
    service = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"{self.access_key_id} at {self.time:%Y-%m-%dT%H:%M:%SZ}"
