"""System checks: the settings of rotation functions, and what handlers could read."""

import os
import pwd
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

from secrets_app.rotation.models import Kind, RotationFunction


@register(Tags.security)
def settings_of_functions_are_sound(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """rotation.E001; docs/secret-rotation.md explains the settings."""
    return [Error(problem, id="rotation.E001") for problem in _problems()]


@register(Tags.security)
def handlers_can_be_run_as_that_user(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """rotation.W002: no worker of this user can run handlers."""
    if not settings.STRONGROOM_HANDLER_USER or os.geteuid() == 0:
        return []
    text = "STRONGROOM_HANDLER_USER is set, but this is not root: no Python handler runs here."
    hint = "Start the worker as root; servers need not be."
    return [checks.Warning(text, hint=hint, id="rotation.W002")]


@register(Tags.database)
def handlers_run_as_another_user(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """rotation.W001: a Python handler could read what this server's user can."""
    if not databases or settings.STRONGROOM_HANDLER_USER or not _is_migrated():
        return []
    if not RotationFunction.objects.filter(kind=Kind.PYTHON).exists():
        return []
    text = (
        "A Python handler is registered, and runs as this server's own user: it can read the"
        " root key and the database."
    )
    hint = "Set STRONGROOM_HANDLER_USER, or run it elsewhere, as an endpoint."
    return [checks.Warning(text, hint=hint, id="rotation.W001")]


def _problems() -> Iterator[str]:
    name = settings.STRONGROOM_HANDLER_USER
    if name and not _is_known(name):
        yield "STRONGROOM_HANDLER_USER names nobody on this machine."
    elif name and pwd.getpwnam(name).pw_uid == 0:
        yield "STRONGROOM_HANDLER_USER is root, who may read everything."
    if settings.STRONGROOM_HANDLER_MEMORY_MB < 0:
        yield "STRONGROOM_HANDLER_MEMORY_MB has to be 0, for no limit, or more."
    url = settings.STRONGROOM_ENDPOINT_URL
    if url and not _is_endpoint(url):
        yield "STRONGROOM_ENDPOINT_URL has to be https:// or http:// and a host, with a port."
    folder = settings.STRONGROOM_ROTATION_LOG_DIR
    if folder and not Path(folder).is_absolute():
        yield "STRONGROOM_ROTATION_LOG_DIR has to be an absolute path."
    bundle = settings.STRONGROOM_ROTATION_CA_BUNDLE
    if bundle and not Path(bundle).is_file():
        yield f"STRONGROOM_ROTATION_CA_BUNDLE names {bundle}, where there is no file."


def _is_known(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _is_endpoint(url: str) -> bool:
    try:
        found = urlsplit(url)
        _ = found.port
    except ValueError:
        return False
    return found.scheme in ("http", "https") and bool(found.hostname) and found.path in ("", "/")


def _is_migrated() -> bool:
    return RotationFunction._meta.db_table in connection.introspection.table_names()
