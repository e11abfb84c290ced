"""Parameters, their versions, labels and tags as they are stored.

What a parameter's current version is like stands on its own row too, so that to describe
parameters is to read one row of each, and to filter them is to walk one index. Every index
ends with the path, which is the order of every list.
"""

from django.db import models

from service.arns import Arn
from service.columns import Ordered
from service.regions import partition_of

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
    modified_by  the ARN of the principal who made the version
    """

    type = models.CharField(max_length=16, choices=Type.choices)
    tier = models.CharField(max_length=16, choices=Tier.choices)
    key_id = models.CharField(max_length=256, blank=True)
    data_type = models.CharField(max_length=128)
    description = models.TextField(blank=True)
    allowed_pattern = models.TextField(blank=True)
    policies = models.TextField(blank=True)
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
    """

    account = models.CharField(max_length=12)
    region = models.CharField(max_length=32)
    name = models.CharField(max_length=MOST_NAME)
    path_name = Ordered(max_length=MOST_NAME + 1)
    parent = Ordered(max_length=MOST_NAME)
    version = models.PositiveBigIntegerField()
    created = models.DateTimeField()

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
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def arn(self) -> str:
        resource = f"parameter{self.path_name}"
        return str(Arn(partition_of(self.region), "ssm", self.region, self.account, resource))


class ParameterVersion(Described):
    """One value of a parameter. Never changes.

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
