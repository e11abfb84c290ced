"""System checks: the root key can be used, and it is the one the database needs."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

from crypto.errors import CannotOpen, RootKeyMissing, RootKeyUnavailable
from sealing import introductions, root, rotation
from sealing.models import WrappingKey


@register(Tags.security)
def root_key_is_usable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """sealing.E001. A missing root key is no error here: before the first start there is none."""
    try:
        root.configured()
    except RootKeyMissing:
        return []
    except RootKeyUnavailable as error:
        return [Error(str(error), id="sealing.E001")]
    return []


@register(Tags.security)
def root_key_is_named_once(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """sealing.E003: two settings name the root key, and not the same one."""
    path, uri = settings.STRONGROOM_ROOT_KEY_PATH, settings.STRONGROOM_ROOT_KEY_URI
    if not path or uri == root.uri_of_file(path):
        return []
    text = (
        "STRONGROOM_ROOT_KEY_URI and STRONGROOM_ROOT_KEY_PATH name different root keys. Unset "
        "the second; the first can name a file, too."
    )
    return [Error(text, id="sealing.E003")]


@register(Tags.database)
def root_key_opens_the_database(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """sealing.E002: the database is sealed under another root key, or under one that is gone."""
    if not databases or not _is_migrated() or root_key_is_usable(None):
        return []
    try:
        root.verify()
    except (RootKeyUnavailable, CannotOpen) as error:
        return [Error(str(error), id="sealing.E002")]
    return []


@register(Tags.database)
def rotation_is_carried_through(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """sealing.W001: the settings still name the root key before this one.
    sealing.W002: a rotation was begun and not finished."""
    if not databases or not _is_migrated():
        return []
    try:
        root.verify()
    except (RootKeyUnavailable, CannotOpen):  # which is E001 or E002
        return []
    current = rotation.current_id()
    if not current:
        return []
    return [*_outdated_setting(current), *_unfinished(current)]


def _outdated_setting(current: str) -> list[CheckMessage]:
    begun = root.configured()
    if begun.key.id == current:
        return []
    uri = root.find(current).uri
    text = (
        f"The database was moved to the root key {current}, but the settings of this machine name "
        f"the one before, {begun.key.id} at {begun.uri}. This server finds the new one only as "
        "long as the old one is there."
    )
    hint = f"Set STRONGROOM_ROOT_KEY_URI={uri}, unset STRONGROOM_ROOT_KEY_PATH, and restart."
    return [checks.Warning(text, hint=hint, id="sealing.W001")]


def _unfinished(current: str) -> list[CheckMessage]:
    left = WrappingKey.objects.exclude(root_key_id=current).count()
    if not left:
        return []
    uri = introductions.uri_of(current) or settings.STRONGROOM_ROOT_KEY_URI
    text = f"A rotation of the root key was not finished: {left} wrapping keys are left."
    hint = (
        f"Run `manage.py rotate_root_key --to '{uri}'` again. Both root keys are needed until then."
    )
    return [checks.Warning(text, hint=hint, id="sealing.W002")]


def _is_migrated() -> bool:
    tables = set(connection.introspection.table_names())
    return all(
        model._meta.db_table in tables for model in apps.get_app_config("sealing").get_models()
    )
