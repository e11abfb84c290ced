"""Wrapping keys as they are stored: sealed under the root key."""

from django.db import models


class WrappingKey(models.Model):
    """Seals what one account stores in one region; what belongs to none has the name "".

    The one with the highest number seals. Those before it still open what they sealed.
    """

    account = models.CharField(max_length=12, blank=True)
    region = models.CharField(max_length=32, blank=True)
    number = models.PositiveIntegerField()
    root_key_id = models.CharField(max_length=64)
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
