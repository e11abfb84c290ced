"""Proxies and their credentials as they are stored."""

import uuid

from django.db import models
from django.db.models import Q

from iam.models import Account, Role, User, unique_id

PREFIX_LENGTH = 64
CREDENTIALS = (1, 2)  # two of a proxy, so that they can be exchanged


def access_key_id() -> str:
    """Of the form that KMS takes: 20 to 30 of A to Z and 2 to 7."""
    return unique_id("XKS")


def prefix() -> str:
    return str(uuid.uuid4())


class Proxy(models.Model):
    """What one external key store is given: a URI prefix, and what it may do.

    prefix      the first part of its path; /PREFIX/kms/xks/v1
    region      where its keys are, whatever region it is called from
    user, role  the principal whose policies decide which keys it may use, and how
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    region = models.CharField(max_length=32)
    prefix = models.CharField(max_length=PREFIX_LENGTH, unique=True, default=prefix)
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="xks_proxies"
    )
    role = models.ForeignKey(
        Role, null=True, blank=True, on_delete=models.CASCADE, related_name="xks_proxies"
    )
    created = models.DateTimeField()

    class Meta:
        verbose_name_plural = "proxies"
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, role=None) | Q(role__isnull=False, user=None),
                name="proxy_has_one_principal",
            )
        ]

    def __str__(self) -> str:
        return self.prefix

    @property
    def path(self) -> str:
        """XksProxyUriPath."""
        return f"/{self.prefix}/kms/xks/v1"


class Credential(models.Model):
    """What requests to a proxy are signed with. `number`: which of the two that it may have."""

    id = models.CharField(primary_key=True, max_length=30, default=access_key_id)
    proxy = models.ForeignKey(Proxy, on_delete=models.CASCADE, related_name="credentials")
    number = models.PositiveSmallIntegerField()
    sealed_secret = models.BinaryField()
    created = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proxy", "number"], name="credential_number_is_unique"),
            models.CheckConstraint(
                condition=Q(number__in=CREDENTIALS), name="a_proxy_has_two_credentials_at_most"
            ),
        ]

    def __str__(self) -> str:
        return self.id
