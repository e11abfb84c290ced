"""Columns that both databases order by their bytes."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    Char = models.CharField[str, str]
else:
    Char = models.CharField


class Ordered(Char):
    """A text that ranges are read of.

    SQLite compares bytes. PostgreSQL compares as its locale says, and then a prefix is no
    range, unless the column says otherwise.
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        found: dict[str, Any] = dict(super().db_parameters(connection))
        if connection.vendor == "postgresql":
            found["collation"] = "C"
        return found
