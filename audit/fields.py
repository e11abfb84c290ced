"""Columns of which SQLite may hold a value of any type, whatever they were declared as.

Who tampers with a file of SQLite can put a text where bytes belong. So that this is told
as any other change, and stops nothing, such a value reads as one that was never written.
"""

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper

M = TypeVar("M", bound=models.Model)

if TYPE_CHECKING:
    Binary = models.BinaryField[Any, bytes | memoryview]
    BigInteger = models.BigIntegerField[int, int]
else:
    Binary, BigInteger = models.BinaryField, models.BigIntegerField


class Bytes(Binary):
    """Anything but bytes reads as no bytes at all."""

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        return _typed(sql, params, "'blob'", "x''")

    def deconstruct(self) -> Any:
        return _as("BinaryField", super().deconstruct())


class Number(BigInteger):
    """Anything but an integer, or NULL, reads as -1."""

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        return _typed(sql, params, "'integer', 'null'", "-1")

    def deconstruct(self) -> Any:
        return _as("BigIntegerField", super().deconstruct())


class RecordId(BigInteger):
    """Chain and place in one number (`audit.places`).

    SQLite makes a primary key the order of the table itself, and spares a second index,
    only if its type reads INTEGER.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)


def numbered(rows: models.QuerySet[M]) -> models.QuerySet[Any, M]:
    """Those whose key is an integer. A row of another is nobody's."""
    if connection.vendor != "sqlite":
        return rows
    kind = models.Func(models.F("pk"), function="typeof", output_field=models.CharField())
    return rows.alias(kind=kind).filter(kind="integer")


def _typed(sql: str, params: Any, types: str, otherwise: str) -> tuple[str, Any]:
    """`sql` where its value has one of the types, `otherwise` where not."""
    typed = f"CASE WHEN typeof({sql}) IN ({types}) THEN {sql} ELSE {otherwise} END"
    return (typed, (*params, *params)) if connection.vendor == "sqlite" else (sql, params)


def _as(name: str, deconstructed: tuple[Any, ...]) -> tuple[Any, ...]:
    """To migrations the field is Django's own: in the database it is."""
    given, _, *rest = deconstructed
    return (given, f"django.db.models.{name}", *rest)
