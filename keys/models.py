"""KMS keys, their material, aliases and tags as they are stored."""

from django.db import models

from service.arns import Arn
from service.regions import partition_of

KEY_ID_LENGTH = 36  # of a UUID; a multi-Region key's "mrk-…" is as long
ALIAS_LENGTH = 256


class KeyState(models.TextChoices):
    """AWS's KeyState. What a state forbids, and which is derived: see `keys.states`."""

    CREATING = "Creating"
    ENABLED = "Enabled"
    DISABLED = "Disabled"
    PENDING_DELETION = "PendingDeletion"
    PENDING_IMPORT = "PendingImport"
    PENDING_REPLICA_DELETION = "PendingReplicaDeletion"
    UNAVAILABLE = "Unavailable"
    UPDATING = "Updating"


class KeyManager(models.TextChoices):
    AWS = "AWS"
    CUSTOMER = "CUSTOMER"


class KeyStoreType(models.TextChoices):
    AWS_CLOUDHSM = "AWS_CLOUDHSM"
    EXTERNAL_KEY_STORE = "EXTERNAL_KEY_STORE"


class ConnectionState(models.TextChoices):
    CONNECTED = "CONNECTED"
    CONNECTING = "CONNECTING"
    FAILED = "FAILED"
    DISCONNECTED = "DISCONNECTED"
    DISCONNECTING = "DISCONNECTING"


class KeyStore(models.Model):
    """A custom key store: keys whose material is held by an HSM, or by an XKS proxy's side.

    cluster_id   of an AWS_CLOUDHSM store: which PKCS#11 token the settings map it to
    sealed_secret  the token's PIN, or the proxy credential's secret; bound to the store's id
    error        AWS's ConnectionErrorCode while the state is FAILED
    """

    account = models.CharField(max_length=12)
    region = models.CharField(max_length=32)
    store_id = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=256)
    type = models.CharField(max_length=32, choices=KeyStoreType.choices)
    state = models.CharField(max_length=16, choices=ConnectionState.choices)
    error = models.CharField(max_length=64, blank=True)
    created = models.DateTimeField()
    cluster_id = models.CharField(max_length=24, blank=True)
    trust_anchor = models.TextField(blank=True)
    xks_endpoint = models.CharField(max_length=128, blank=True)
    xks_path = models.CharField(max_length=128, blank=True)
    xks_connectivity = models.CharField(max_length=32, blank=True)
    xks_vpc_service = models.CharField(max_length=64, blank=True)
    xks_vpc_owner = models.CharField(max_length=12, blank=True)
    xks_access_key_id = models.CharField(max_length=30, blank=True)
    sealed_secret = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "region", "name"], name="key_store_name_is_unique"
            )
        ]

    def __str__(self) -> str:
        return self.store_id


class Key(models.Model):
    """A KMS key. Its ARN is its name: account, region and key id never change.

    primary_region   of a multi-Region key; its replicas are the rows of the same key id
    pending_window   days that a primary waits for after the last of its replicas is gone
    rotation_period  days between automatic rotations; None while they are off
    valid_to         when the first of its imported materials expires, but for one that waits
    xks_key_id       what the proxy of an external key store calls it
    """

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
    primary_region = models.CharField(max_length=32, blank=True)
    state = models.CharField(max_length=32, choices=KeyState.choices)
    created = models.DateTimeField()
    deletion_date = models.DateTimeField(null=True, blank=True)
    pending_window = models.PositiveSmallIntegerField(null=True, blank=True)
    current_material = models.CharField(max_length=64, blank=True)
    rotation_period = models.PositiveSmallIntegerField(null=True, blank=True)
    next_rotation = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)
    store = models.ForeignKey(
        KeyStore, on_delete=models.PROTECT, null=True, blank=True, related_name="keys"
    )
    xks_key_id = models.CharField(max_length=128, blank=True)

    class Meta:
        constraints = [
            # not by account: a ciphertext names its key by id alone
            models.UniqueConstraint(fields=["region", "key_id"], name="key_id_is_unique"),
            models.UniqueConstraint(
                fields=["store", "xks_key_id"],
                condition=~models.Q(xks_key_id=""),
                name="xks_key_is_used_once",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "region", "key_id"], name="keys_of_an_account"),
            models.Index(
                fields=["deletion_date"],
                condition=models.Q(deletion_date__isnull=False),
                name="keys_that_fall_due",
            ),
            models.Index(
                fields=["next_rotation"],
                condition=models.Q(next_rotation__isnull=False),
                name="keys_that_rotate",
            ),
            # the replicas of a multi-Region key
            models.Index(fields=["key_id"], name="keys_of_an_id"),
        ]

    def __str__(self) -> str:
        return self.arn

    @property
    def arn(self) -> str:
        resource = f"key/{self.key_id}"
        return str(Arn(partition_of(self.region), "kms", self.region, self.account, resource))


class RotationType(models.TextChoices):
    AUTOMATIC = "AUTOMATIC"
    ON_DEMAND = "ON_DEMAND"


class Material(models.Model):
    """Key material, sealed for the key's ARN and this id: in another row it does not open.

    sealed    None once imported material was deleted or has expired: the row stays, because
              only the same may be imported again
    public    the public key (DER, SubjectPublicKeyInfo) of an asymmetric key
    since     from when on it is or was the current one; None while it waits for a rotation
    rotation  what made it the current one; empty for a key's first
    valid_to  when imported material expires
    """

    key = models.ForeignKey(Key, on_delete=models.CASCADE, related_name="materials")
    material_id = models.CharField(max_length=64)
    sealed = models.BinaryField(null=True)
    public = models.BinaryField(null=True)
    created = models.DateTimeField()
    since = models.DateTimeField(null=True, blank=True)
    rotation = models.CharField(max_length=16, blank=True, choices=RotationType.choices)
    valid_to = models.DateTimeField(null=True, blank=True)
    description = models.CharField(max_length=256, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "material_id"], name="material_is_unique")
        ]
        indexes = [
            models.Index(
                fields=["valid_to"],
                condition=models.Q(valid_to__isnull=False),
                name="material_that_expires",
            )
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


class Grant(models.Model):
    """Lets a principal use a key: see `keys.grants`.

    grantee, retiring  ARNs of principals, or names of service principals
    operations         AWS's names, a JSON list
    constraints        AWS's GrantConstraints, a JSON object
    mark               of their encryption context, to find it by: see `keys.marks`
    """

    key = models.ForeignKey(Key, on_delete=models.CASCADE, related_name="grants", db_index=False)
    grant_id = models.CharField(max_length=64)
    name = models.CharField(max_length=256, blank=True)
    created = models.DateTimeField()
    issuing_account = models.CharField(max_length=12)
    grantee = models.CharField(max_length=256)
    retiring = models.CharField(max_length=256, blank=True)
    operations = models.JSONField()
    constraints = models.JSONField(default=dict)
    mark = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "grant_id"], name="grant_is_unique")]
        indexes = [
            models.Index(fields=["key", "grantee", "mark"], name="grants_of_a_grantee"),
            models.Index(fields=["retiring", "grant_id"], name="grants_to_retire"),
        ]

    def __str__(self) -> str:
        return self.grant_id


class KeyUse(models.Model):
    """A key's last successful cryptographic operation. Noted beside the calls, not by each."""

    key = models.OneToOneField(Key, on_delete=models.CASCADE, primary_key=True, related_name="use")
    operation = models.CharField(max_length=48)
    time = models.DateTimeField()
    event_id = models.CharField(max_length=36)
    request_id = models.CharField(max_length=36)

    def __str__(self) -> str:
        return f"{self.operation} at {self.time}"
