"""Health pages: /healthz (the process lives), /readyz (it can answer calls), /metrics."""

import hmac
import ipaddress
import logging
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from audit import outside
from audit.events import where
from audit.models import Chain
from kms_project import metrics as figures
from sealing import root
from service.peer import peer

REMEMBERED = 1.0  # seconds; anyone may ask, and asking costs a transaction

logger = logging.getLogger("strongroom.health")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200, or 503; which of the parts fail, but not why: the log says that."""
    parts = _readiness.now()
    ready = all(parts.values())
    told = {name: "ok" if holds else "failing" for name, holds in parts.items()}
    body = {"status": "ok" if ready else "failing", "parts": told}
    return JsonResponse(body, status=200 if ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_read_metrics(request):
        return HttpResponse("forbidden\n", status=403, content_type="text/plain")
    return HttpResponse(figures.exposition(), content_type=figures.CONTENT_TYPE)


def unapplied_migrations() -> list[str]:
    """The names of migrations that the database still lacks."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def _may_read_metrics(request: HttpRequest) -> bool:
    """Whoever shows the token; without one, who connects from this machine, but not by proxy."""
    token: str = settings.STRONGROOM_METRICS_TOKEN
    if token:
        shown = request.headers.get("Authorization", "")
        return hmac.compare_digest(shown.encode(), f"Bearer {token}".encode())
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    source, _ = peer(request.META)
    try:
        return ipaddress.ip_address(source).is_loopback
    except ValueError:
        return False


def _database_is_migrated() -> None:
    if missing := unapplied_migrations():
        raise RuntimeError(f"{len(missing)} migrations are not applied")


def _trail_is_writable() -> None:
    """A write that changes nothing: fails where the database or the heads' place is read-only."""
    outside.replace(outside.directory() / "writable", b"")
    with transaction.atomic():
        Chain.objects.filter(pk=-1).update(indexed=0)


_PARTS: dict[str, Callable[[], object]] = {
    "database": lambda: connection.cursor().close(),
    "migrations": _database_is_migrated,
    "root key": root.verify,
    "trail": _trail_is_writable,
}


class _Readiness:
    """What was found last, for as long as it may be repeated."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0
        self._found: dict[str, bool] = {}

    def now(self) -> dict[str, bool]:
        with self._lock:
            if time.monotonic() >= self._until:
                self._found = {name: _holds(name, part) for name, part in _PARTS.items()}
                self._until = time.monotonic() + REMEMBERED
            return self._found


def _holds(name: str, part: Callable[[], object]) -> bool:
    try:
        part()
    except Exception as error:
        logger.warning("%s is failing: %s", name, where(error))
        return False
    return True


_readiness = _Readiness()
