"""KMS keys, their material, aliases and tags as they are stored."""

from django.db import models

from service.arns import Arn
from service.regions import partition_of

KEY_ID_LENGTH = 36  # of a UUID; a multi-Region key's "mrk-…" is as long
ALIAS_LENGTH = 256


class KeyState(models.TextChoices):
    """AWS's KeyState. What a state forbids: see `keys.states`."""

    ENABLED = "Enabled"
    DISABLED = "Disabled"
    PENDING_DELETION = "PendingDeletion"


class KeyManager(models.TextChoices):
    AWS = "AWS"
    CUSTOMER = "CUSTOMER"


class Key(models.Model):
    """A KMS key. Its ARN is its name: account, region and key id never change."""

    account = models.CharField(max_length=12)
    region = models.CharField(max_length=32)
    key_id = models.CharField(max_length=KEY_ID_LENGTH)
    description = models.TextField(blank=True)
    policy = models.TextField()
    spec = models.CharField(max_length=32)
    usage = models.CharField(max_length=32)
    origin = models.CharField(max_length=32)
    manager = models.CharField(max_length=8, choices=KeyManager.choices)
    multi_region = models.BooleanField(default=False)
    state = models.CharField(max_length=32, choices=KeyState.choices)
    created = models.DateTimeField()
    deletion_date = models.DateTimeField(null=True, blank=True)
    current_material = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            # not by account: a ciphertext names its key by id alone
            models.UniqueConstraint(fields=["region", "key_id"], name="key_id_is_unique"),
        ]
        indexes = [
            models.Index(fields=["account", "region", "key_id"], name="keys_of_an_account"),
            models.Index(
                fields=["deletion_date"],
                condition=models.Q(deletion_date__isnull=False),
                name="keys_that_fall_due",
            ),
        ]

    def __str__(self) -> str:
        return self.arn

    @property
    def arn(self) -> str:
        resource = f"key/{self.key_id}"
        return str(Arn(partition_of(self.region), "kms", self.region, self.account, resource))


class Material(models.Model):
    """Key material, sealed for the key's ARN and this id: in another row it does not open."""

    key = models.ForeignKey(Key, on_delete=models.CASCADE, related_name="materials")
    material_id = models.CharField(max_length=64)
    sealed = models.BinaryField()
    created = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "material_id"], name="material_is_unique")
        ]

    def __str__(self) -> str:
        return self.material_id


class Alias(models.Model):
    """`name` begins with "alias/", as on AWS."""

    account = models.CharField(max_length=12)
    region = models.CharField(max_length=32)
    name = models.CharField(max_length=ALIAS_LENGTH)
    key = models.ForeignKey(Key, on_delete=models.CASCADE, related_name="aliases", db_index=False)
    created = models.DateTimeField()
    updated = models.DateTimeField()

    class Meta:
        verbose_name_plural = "aliases"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "region", "name"], name="alias_name_is_unique"
            )
        ]
        indexes = [models.Index(fields=["key", "name"], name="aliases_of_a_key")]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A key's tags stand in the order in which they were added."""

    key = models.ForeignKey(Key, on_delete=models.CASCADE, related_name="tags", db_index=False)
    name = models.CharField(max_length=128)
    value = models.CharField(max_length=256, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["key", "name"], name="tag_key_is_unique")]

    def __str__(self) -> str:
        return f"{self.name}={self.value}"
