"""What Django does anew for every test, though it takes longer than most tests do."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import TransactionTestCase
from whitenoise.middleware import WhiteNoiseMiddleware

# what Django writes down of the models themselves, after migrations; no test changes it
_OF_THE_MODELS = {ContentType._meta.db_table, Permission._meta.db_table}


def quick(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(TransactionTestCase, "_fixture_teardown", _empty)
    patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", _finds_files_once())


def _empty(test: TransactionTestCase) -> None:
    """Delete all rows after a test that commits.

    Django's own `flush` takes a quarter of a second: it makes new files for all tables, and
    writes what it says of the models anew, in as many transactions as there are models.
    """
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    emptied = sorted(set(tables) - _OF_THE_MODELS)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _truncate(emptied, cursor)
            return
        for table in emptied:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")


def _truncate(tables: list[str], cursor: Any) -> None:
    """Those that anything was ever written to. What was deleted would count in query plans."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND pg_relation_size(oid) > 0",
        [tables],
    )
    written = [connection.ops.quote_name(name) for (name,) in cursor.fetchall()]
    if written:
        cursor.execute(f"TRUNCATE {', '.join(written)} CASCADE")


def _finds_files_once() -> Any:
    """Each client has middleware of its own, which would look for all static files again."""
    found: dict[str, Any] = {}
    look = WhiteNoiseMiddleware.add_files_from_finders

    def add_files_from_finders(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            look(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    return add_files_from_finders
