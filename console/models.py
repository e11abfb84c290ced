"""Who signs in to the console, and how often signing in has failed."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Operators(BaseUserManager["Operator"]):
    """Finds operators by username, each with the IAM user they act as."""

    def get_queryset(self) -> models.QuerySet["Operator"]:
        return super().get_queryset().select_related("user")


class Operator(AbstractBaseUser):
    """A password for the console that belongs to an IAM user.

    What an operator may do is what the IAM user's policies allow, and nothing else:
    Django's permissions and groups are not used.
    """

    username = models.CharField(max_length=150, unique=True)
    user = models.OneToOneField("iam.User", on_delete=models.CASCADE, related_name="operator")
    is_active = models.BooleanField(default=True)
    created = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Operators] = Operators()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.username


class SignInFailures(models.Model):
    """How often signing in failed of late, for one subject; see `console.throttle`.

    `subject` is a keyed digest, because people type passwords into the field for names.
    """

    subject = models.CharField(primary_key=True, max_length=64)
    count = models.PositiveIntegerField(default=0)
    blocked_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.count} failures, blocked until {self.blocked_until:%Y-%m-%dT%H:%M:%SZ}"
