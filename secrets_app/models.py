"""Secrets, their versions, staging labels, tags and replicas as they are stored.

Every index of secrets ends with the key of the row, so that a page goes on after any place.
What a reader of secrets changes (when they were last read) is written beside the calls, see
`secrets_app.last_access`: a change of a row names the columns that it writes.
"""

from datetime import date

from django.db import models

from service.arns import Arn
from service.columns import Ordered
from service.regions import partition_of

MOST_NAME = 512
SUFFIX_LENGTH = 6
NEVER = date(1970, 1, 1)  # comes before every day on which a secret can be read


class Secret(models.Model):
    """A secret, or a replica of one. Its ARN is its name: what it is made of never changes.

    kms_key      what the customer called the KMS key; empty for aws/secretsmanager
    policy       the resource policy's text; empty if there is none
    was_tagged   whether it ever had a tag: an empty list is told then
    deletion_date  when it is deleted for good, if that is scheduled
    accessed     the last day on which its value was read, NEVER before
    primary      of a replica, what it follows; it lies in another region
    primary_region  where the original lies; empty if there are no replicas
    cross_account_primary  of a replica in another account: the ARN of what it follows
    rotation_enabled  None if rotation was never configured
    rotation_days, rotation_schedule, rotation_duration  AWS's RotationRules
    rotation_due     when it is to be rotated: a moment within its next window
    next_rotation    when that window ends
    partner_type, partner_metadata, partner_role  of a secret that a partner holds
    """

    account = models.CharField(max_length=12)
    region = models.CharField(max_length=32)
    name = Ordered(max_length=MOST_NAME)
    suffix = models.CharField(max_length=SUFFIX_LENGTH)
    description = models.TextField(blank=True)
    kms_key = models.TextField(blank=True)
    policy = models.TextField(blank=True)
    owning_service = models.CharField(max_length=128, blank=True)
    was_tagged = models.BooleanField(default=False)
    created = models.DateTimeField()
    changed = models.DateTimeField()
    accessed = models.DateField(default=NEVER)
    deletion_date = models.DateTimeField(null=True, blank=True)
    primary = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="copies"
    )
    primary_region = models.CharField(max_length=32, blank=True)
    cross_account_primary = models.TextField(blank=True)
    rotation_enabled = models.BooleanField(null=True, blank=True)
    rotation_function = models.TextField(blank=True)
    rotation_days = models.PositiveSmallIntegerField(null=True, blank=True)
    rotation_schedule = models.CharField(max_length=256, blank=True)
    rotation_duration = models.CharField(max_length=3, blank=True)
    last_rotated = models.DateTimeField(null=True, blank=True)
    rotation_due = models.DateTimeField(null=True, blank=True)
    next_rotation = models.DateTimeField(null=True, blank=True)
    partner_type = models.CharField(max_length=256, blank=True)
    partner_metadata = models.JSONField(default=list, blank=True)
    partner_role = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "region", "name"], name="secret_name_is_unique"
            )
        ]
        indexes = [
            models.Index(fields=["account", "region", "created", "id"], name="secrets_by_creation"),
            models.Index(fields=["account", "region", "changed", "id"], name="secrets_by_change"),
            models.Index(fields=["account", "region", "accessed", "id"], name="secrets_by_access"),
            models.Index(
                fields=["deletion_date"],
                condition=models.Q(deletion_date__isnull=False),
                name="secrets_that_fall_due",
            ),
            models.Index(
                fields=["rotation_due"],
                condition=models.Q(rotation_due__isnull=False),
                name="secrets_due_for_rotation",
            ),
            models.Index(
                fields=["account", "region", "rotation_due", "id"],
                condition=models.Q(rotation_due__isnull=False),
                name="secrets_by_rotation",
            ),
        ]

    def __str__(self) -> str:
        return self.arn

    @property
    def arn(self) -> str:
        return arn_of(self.account, self.region, f"{self.name}-{self.suffix}")

    @property
    def is_replica(self) -> bool:
        return self.primary_id is not None or bool(self.cross_account_primary)


def arn_of(account: str, region: str, name: str) -> str:
    """`name`: with the suffix, if the ARN is a whole one."""
    partition = partition_of(region)
    return str(Arn(partition, "secretsmanager", region, account, f"secret:{name}"))


class Kind(models.TextChoices):
    STRING = "string"
    BINARY = "binary"


class SecretVersion(models.Model):
    """A value of a secret. What has a value never changes it.

    sealed   what `secrets_app.sealing` made of the value; None while a rotation has yet to
             set it
    kms_key  as in Secret: the key that the value is sealed under
    """

    secret = models.ForeignKey(
        Secret, on_delete=models.CASCADE, related_name="versions", db_index=False
    )
    version_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=Kind.choices, blank=True)
    sealed = models.BinaryField(null=True)
    kms_key = models.TextField(blank=True)
    created = models.DateTimeField()
    accessed = models.DateField(default=NEVER)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["secret", "version_id"], name="secret_version_is_unique"
            )
        ]
        indexes = [models.Index(fields=["secret", "created", "id"], name="versions_of_a_secret")]

    def __str__(self) -> str:
        return self.version_id


class Stage(models.Model):
    """A staging label: on one of a secret's versions, and on no other."""

    secret = models.ForeignKey(
        Secret, on_delete=models.CASCADE, related_name="stages", db_index=False
    )
    version = models.ForeignKey(SecretVersion, on_delete=models.CASCADE, related_name="stages")
    label = models.CharField(max_length=256)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["secret", "label"], name="stage_is_on_one_version")
        ]

    def __str__(self) -> str:
        return self.label


class SecretTag(models.Model):
    """A secret's tags stand in the order in which they were added."""

    secret = models.ForeignKey(
        Secret, on_delete=models.CASCADE, related_name="tags", db_index=False
    )
    account = models.CharField(max_length=12)
    region = models.CharField(max_length=32)
    name = Ordered(max_length=128)
    value = Ordered(max_length=256, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["secret", "name"], name="secret_tag_is_unique")
        ]
        indexes = [
            models.Index(fields=["account", "region", "name"], name="secrets_of_a_tag_key"),
            models.Index(fields=["account", "region", "value"], name="secrets_of_a_tag_value"),
        ]

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


class Status(models.TextChoices):
    """AWS's StatusType."""

    IN_SYNC = "InSync"
    FAILED = "Failed"
    IN_PROGRESS = "InProgress"
    PENDING = "Pending"
    DETACHED = "Detached"


class Replica(models.Model):
    """What a primary knows of its replica in a region. The replica, if there is one, is a Secret.

    kms_key  as in Secret, in the replica's region
    message  why it failed
    """

    secret = models.ForeignKey(
        Secret, on_delete=models.CASCADE, related_name="replicas", db_index=False
    )
    region = models.CharField(max_length=32)
    kms_key = models.TextField(blank=True)
    status = models.CharField(max_length=16, choices=Status.choices)
    message = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["secret", "region"], name="replica_is_one_of_a_region")
        ]

    def __str__(self) -> str:
        return f"{self.secret} in {self.region}"


class CrossAccountReplica(models.Model):
    """The link between a primary and its replica in another account.

    secret   the primary, as long as the link holds
    replica  the replica; a replica has one primary
    role     the ARN of the role that replicates; empty: whoever changes the primary
    """

    secret = models.OneToOneField(
        Secret,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="cross_account_replica",
    )
    replica = models.OneToOneField(
        Secret, on_delete=models.CASCADE, related_name="cross_account_link"
    )
    role = models.TextField(blank=True)
    status = models.CharField(max_length=16, choices=Status.choices)
    message = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.secret} to {self.replica}"
