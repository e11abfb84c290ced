"""Wrapping keys as they are stored, sealed under a root key, and which root key that is to be."""

from django.db import models

ROOT_KEY_ID = 64  # characters


class WrappingKey(models.Model):
    """Seals what one account stores in one region; what belongs to none has the name "".

    The one with the highest number seals. Those before it still open what they sealed.
    """

    account = models.CharField(max_length=12, blank=True)
    region = models.CharField(max_length=32, blank=True)
    number = models.PositiveIntegerField()
    root_key_id = models.CharField(max_length=ROOT_KEY_ID)
    sealed = models.BinaryField()
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "region", "number"], name="wrapping_key_number_is_unique"
            )
        ]

    def __str__(self) -> str:
        return f"wrapping key {self.number} of {self.account or '-'}/{self.region or '-'}"


class CurrentRootKey(models.Model):
    """The one row says which root key new wrapping keys come under.

    Whoever makes one locks the row until it is committed, so that none comes under a root
    key that a rotation has left behind.
    """

    THE_ROW = 1

    root_key_id = models.CharField(max_length=ROOT_KEY_ID)

    def __str__(self) -> str:
        return f"root key {self.root_key_id}"


class Introduction(models.Model):
    """A root key tells where another is: how a process finds one that its settings do not name.

    What it tells is sealed under the one that tells, so that who can write to the database
    cannot make a server load a library, or trust a root key, of his choice. `uri` says the
    same to operators, and nothing is done with it.
    """

    by = models.CharField(max_length=ROOT_KEY_ID)
    root_key_id = models.CharField(max_length=ROOT_KEY_ID)
    uri = models.TextField()
    sealed_uri = models.BinaryField()
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["by", "root_key_id"], name="introduced_once")
        ]

    def __str__(self) -> str:
        return f"root key {self.root_key_id}, introduced by {self.by}"
