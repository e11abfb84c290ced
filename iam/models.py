"""Accounts, principals, credentials and policies as they are stored."""

from django.db import models


class Revision(models.Model):
    """One row that counts the changes to anything a decision may rest upon."""

    id = models.SmallAutoField(primary_key=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.value)
