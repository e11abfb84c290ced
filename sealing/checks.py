"""System checks: the root key's file is safe, and it is the one the database needs."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

from crypto.errors import CannotOpen, RootKeyMissing, RootKeyUnavailable
from sealing import root
from sealing.models import WrappingKey


@register(Tags.security)
def root_key_is_usable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """sealing.E001. A missing root key is no error here: before the first start there is none."""
    try:
        root.root_key()
    except RootKeyMissing:
        return []
    except RootKeyUnavailable as error:
        return [Error(str(error), id="sealing.E001")]
    return []


@register(Tags.database)
def root_key_opens_the_database(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """sealing.E002: the database is sealed under another root key, or under one that is gone."""
    if not databases or WrappingKey._meta.db_table not in connection.introspection.table_names():
        return []
    try:
        root.verify()
    except (RootKeyMissing, CannotOpen) as error:
        return [Error(str(error), id="sealing.E002")]
    except RootKeyUnavailable:  # which is E001
        return []
    return []
