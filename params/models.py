"""Parameters, their versions, labels, tags and resource policies as they are stored.

What a parameter's current version is like stands on its own row too, so that to describe
parameters is to read one row of each, and to filter them is to walk one index. Every index
ends with the path, which is the order of every list.
"""

from datetime import datetime

from django.db import models

from service.arns import Arn
from service.columns import Ordered
from service.regions import partition_of

EVERYONE = "*"
MOST_NAME = 1011  # characters, with what stands before it in the ARN


class Type(models.TextChoices):
    STRING = "String"
    STRING_LIST = "StringList"
    SECURE_STRING = "SecureString"


class Tier(models.TextChoices):
    """What a parameter is in; Intelligent-Tiering is only asked for."""

    STANDARD = "Standard"
    ADVANCED = "Advanced"


class Described(models.Model):
    """What a version is like. A parameter's row repeats its current version's.

    key_id    what the customer called the KMS key; empty but for a SecureString
    policies  AWS's JSON list of parameter policies, empty if there are none
    policies_done  a bit for each of them that was carried out, the first's is the lowest
    modified_by  the ARN of the principal who made the version
    """

    type = models.CharField(max_length=16, choices=Type.choices)
    tier = models.CharField(max_length=16, choices=Tier.choices)
    key_id = models.CharField(max_length=256, blank=True)
    data_type = models.CharField(max_length=128)
    description = models.TextField(blank=True)
    allowed_pattern = models.TextField(blank=True)
    policies = models.TextField(blank=True)
    policies_done = models.PositiveSmallIntegerField(default=0)
    modified = models.DateTimeField()
    modified_by = models.TextField(blank=True)

    class Meta:
        abstract = True


class Parameter(Described):
    """A parameter. `p` and `/p` are one: its path begins with a slash, its name need not.

    name       as it was written when the parameter was made
    path_name  what is unique, and what paths and prefixes are compared with
    parent     the path that it lies in: "/" of `/p`, "/a" of `/a/p`
    version    the number of the current version; it only grows
    expires    from when on there is no such parameter, if a policy says so
    next_notice  when the first of its policies is due that notify and have not yet
    """

    account = models.CharField(max_length=12)
    region = models.CharField(max_length=32)
    name = models.CharField(max_length=MOST_NAME)
    path_name = Ordered(max_length=MOST_NAME + 1)
    parent = Ordered(max_length=MOST_NAME)
    version = models.PositiveBigIntegerField()
    created = models.DateTimeField()
    expires = models.DateTimeField(null=True, blank=True)
    next_notice = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "region", "path_name"], name="parameter_name_is_unique"
            )
        ]
        indexes = [
            models.Index(
                fields=["account", "region", "parent", "path_name"], name="parameters_in_a_path"
            ),
            models.Index(
                fields=["account", "region", "type", "path_name"], name="parameters_of_a_type"
            ),
            models.Index(
                fields=["account", "region", "tier", "path_name"], name="parameters_of_a_tier"
            ),
            models.Index(
                fields=["account", "region", "key_id", "path_name"], name="parameters_of_a_key"
            ),
            models.Index(
                fields=["account", "region", "data_type", "path_name"],
                name="parameters_of_a_data_type",
            ),
            models.Index(
                fields=["expires", "id"],
                condition=models.Q(expires__isnull=False),
                name="parameters_that_expire",
            ),
            models.Index(
                fields=["next_notice", "id"],
                condition=models.Q(next_notice__isnull=False),
                name="parameters_that_notify",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def arn(self) -> str:
        resource = f"parameter{self.path_name}"
        return str(Arn(partition_of(self.region), "ssm", self.region, self.account, resource))

    def has_expired(self, time: datetime) -> bool:
        """Whether there is no such parameter any more, though the worker has yet to delete it."""
        return self.expires is not None and self.expires <= time


class ParameterVersion(Described):
    """One value of a parameter. Nothing of it changes but what of its policies was done.

    value  the text in UTF-8; of a SecureString, what `params.secure` made of it
    """

    parameter = models.ForeignKey(
        Parameter, on_delete=models.CASCADE, related_name="versions", db_index=False
    )
    number = models.PositiveBigIntegerField()
    value = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parameter", "number"], name="version_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.parameter}:{self.number}"


class OfParameter(models.Model):
    """What is looked for within an account and region, in the order of the parameters' paths."""

    account = models.CharField(max_length=12)
    region = models.CharField(max_length=32)
    path_name = Ordered(max_length=MOST_NAME + 1)

    class Meta:
        abstract = True


class Label(OfParameter):
    """A name for one of a parameter's versions, which may move to another."""

    parameter = models.ForeignKey(
        Parameter, on_delete=models.CASCADE, related_name="labels", db_index=False
    )
    label = models.CharField(max_length=100)
    version = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["parameter", "label"], name="label_is_unique")
        ]
        indexes = [
            models.Index(
                fields=["account", "region", "label", "path_name"], name="parameters_of_a_label"
            )
        ]

    def __str__(self) -> str:
        return self.label


class ParameterTag(OfParameter):
    """A parameter's tags stand in the order in which they were added."""

    parameter = models.ForeignKey(
        Parameter, on_delete=models.CASCADE, related_name="tags", db_index=False
    )
    name = models.CharField(max_length=128)
    value = models.CharField(max_length=256, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["parameter", "name"], name="parameter_tag_is_unique")
        ]
        indexes = [
            models.Index(
                fields=["account", "region", "name", "path_name"], name="parameters_with_a_tag"
            ),
            models.Index(
                fields=["account", "region", "name", "value", "path_name"],
                name="parameters_of_a_tag",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


class ServiceSetting(models.Model):
    """What an account has set for a region in place of a default. `setting` is AWS's SettingId."""

    account = models.CharField(max_length=12)
    region = models.CharField(max_length=32)
    setting = models.CharField(max_length=128)
    value = models.CharField(max_length=64)
    modified = models.DateTimeField()
    modified_by = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "region", "setting"], name="service_setting_is_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.setting}={self.value}"


class ResourcePolicy(models.Model):
    """One of the policies that share a parameter; `document` as it was given."""

    parameter = models.ForeignKey(
        Parameter, on_delete=models.CASCADE, related_name="resource_policies", db_index=False
    )
    policy_id = models.CharField(max_length=36)
    document = models.TextField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["parameter", "policy_id"], name="resource_policy_is_unique"
            )
        ]

    def __str__(self) -> str:
        return self.policy_id


class Share(OfParameter):
    """That a parameter's policies may let an account describe it: what that account looks in.

    The policies decide; this only finds. `consumer` is the account, or "*".
    """

    parameter = models.ForeignKey(
        Parameter, on_delete=models.CASCADE, related_name="shares", db_index=False
    )
    consumer = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parameter", "consumer"], name="share_is_unique")
        ]
        indexes = [
            models.Index(
                fields=["region", "consumer", "path_name", "account"], name="parameters_shared"
            )
        ]

    def __str__(self) -> str:
        return f"{self.parameter} with {self.consumer}"
