"""System checks: settings that contradict each other, each with an id and what to do."""

import re
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from kms_project import tls
from kms_project.settings import env
from service import peer, regions

_ACCOUNT = re.compile(r"\d{12}")
_KEY_ID = re.compile(r"[A-Z0-9]{16,128}")
_SHORTEST_SECRET = 16


@register(Tags.security)
def settings_agree(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """strongroom.E001 to E012; docs/settings.md explains each setting."""
    return [Error(text, id=f"strongroom.{number}") for number, text in _contradictions()]


def _contradictions() -> Iterator[tuple[str, str]]:
    if bool(settings.STRONGROOM_TLS_CERTIFICATE) != bool(settings.STRONGROOM_TLS_KEY):
        yield "E001", "Set STRONGROOM_TLS_CERTIFICATE and STRONGROOM_TLS_KEY, or neither."
    if settings.STRONGROOM_TLS_CLIENT_CA and not settings.STRONGROOM_TLS_CERTIFICATE:
        yield (
            "E002",
            (
                "STRONGROOM_TLS_CLIENT_CA asks clients for certificates, which needs TLS: set"
                " STRONGROOM_TLS_CERTIFICATE and STRONGROOM_TLS_KEY too."
            ),
        )
    yield from _tls_files()
    yield from _names()
    yield from _numbers()
    yield from _first_key()
    if settings.DATABASES["default"].get("ATOMIC_REQUESTS"):
        yield (
            "E009",
            (
                "ATOMIC_REQUESTS is on. Turn it off: the road opens the transactions, so that a"
                " failure is recorded after what it changed was rolled back."
            ),
        )
    for mistake in env.mistakes:
        yield "E010", mistake


def _tls_files() -> Iterator[tuple[str, str]]:
    names = [f"STRONGROOM_TLS_{name}" for name in ("CERTIFICATE", "KEY", "CLIENT_CA")]
    paths = {name: getattr(settings, name) for name in names}
    missing = [name for name, path in paths.items() if path and not Path(path).is_file()]
    for name in missing:
        yield "E003", f"{name} names {paths[name]}, where there is no file."
    if not missing:
        for mistake in tls.mistakes(*paths.values()):
            yield "E011", mistake


def _names() -> Iterator[tuple[str, str]]:
    if not _ACCOUNT.fullmatch(settings.STRONGROOM_ACCOUNT_ID):
        yield "E004", "STRONGROOM_ACCOUNT_ID is not an account's id: it takes 12 digits."
    unknown = set(settings.STRONGROOM_REGIONS) - set(regions.known_regions())
    if unknown:
        yield (
            "E005",
            (
                f"STRONGROOM_REGIONS names {', '.join(sorted(unknown))}, which AWS does not have."
                " Clients could not sign for it."
            ),
        )
    try:
        peer.networks(tuple(settings.STRONGROOM_TRUSTED_PROXIES))
    except ValueError as error:
        yield "E006", f"STRONGROOM_TRUSTED_PROXIES takes addresses and networks: {error}."
    try:
        ip_address(settings.HOST)
    except ValueError:
        yield (
            "E012",
            (
                "HOST has to be an IP address: 127.0.0.1 for this machine alone, 0.0.0.0 or ::"
                " for everybody."
            ),
        )


def _numbers() -> Iterator[tuple[str, str]]:
    for name in (
        *("WORKERS", "THREADS", "MAX_BODY_BYTES"),
        *("MAX_STANDARD_PARAMETERS", "MAX_ADVANCED_PARAMETERS"),
    ):
        if getattr(settings, f"STRONGROOM_{name}") < 1:
            yield "E007", f"STRONGROOM_{name} has to be 1 or more."
    if not 0 < settings.PORT < 65536:
        yield "E007", "PORT has to be between 1 and 65535."


def _first_key() -> Iterator[tuple[str, str]]:
    key_id, secret = settings.STRONGROOM_ACCESS_KEY_ID, settings.STRONGROOM_SECRET_ACCESS_KEY
    if bool(key_id) != bool(secret):
        yield "E008", "Set STRONGROOM_ACCESS_KEY_ID and STRONGROOM_SECRET_ACCESS_KEY, or neither."
    elif key_id and not _KEY_ID.fullmatch(key_id):
        yield "E008", "STRONGROOM_ACCESS_KEY_ID takes 16 to 128 capital letters and digits."
    elif key_id and len(secret) < _SHORTEST_SECRET:
        yield "E008", f"STRONGROOM_SECRET_ACCESS_KEY is shorter than {_SHORTEST_SECRET} characters."
