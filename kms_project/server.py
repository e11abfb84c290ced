"""The server: granian, with worker processes that share the port, and optionally the worker."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from granian import _signals
from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.server.mp import MPServer

from kms_project import cores, processes, wsgi

KILL_AFTER = 30  # seconds that a worker has to finish what it is answering
RESPAWN_AFTER = 3.0  # seconds, so that a worker that cannot start does not spin
YOUNG = 6.0  # seconds; a process that dies sooner may be one that cannot start
_NOT_FOR_REQUESTS = ("STRONGROOM_", "DATABASE_URL", "HTTP_")

logger = logging.getLogger("strongroom.server")


def _is_worth_telling(record: logging.LogRecord) -> bool:
    """Not granian's advice on the number of threads: most of them wait for the disk."""
    return "Configuration allows spawning" not in record.getMessage()


def serve(*, with_worker: bool) -> None:
    """Returns after SIGTERM or SIGINT, when what was being answered is answered."""
    logging.getLogger("_granian").addFilter(_is_worth_telling)
    server = _server()
    server.on_startup(lambda: processes.heed_signals(2 * KILL_AFTER))
    if with_worker:
        worker = WorkerProcess()
        server.on_startup(worker.start)
        server.on_shutdown(worker.stop)
    processes.let_children_end()
    connections.close_all()  # a connection must not be shared by those who are forked
    server.serve(target_loader=partial(_application, os.getpid()), wrap_loader=False)


class _Server(MPServer):
    """Granian's, but for its giving up for good on processes that die soon after their start."""

    @staticmethod
    def _spawn_wsgi_worker(*given: Any) -> None:
        """In the new process: granian's own, but that its handlers are called by a thread."""
        set_signals = _signals.set_sync_signals

        def set_and_heed_signals() -> Any:
            event = set_signals()  # type: ignore[no-untyped-call]
            processes.heed_signals(KILL_AFTER)
            return event

        _signals.set_sync_signals = set_and_heed_signals
        MPServer._spawn_wsgi_worker(*given)

    def _respawn_workers(
        self, workers: list[int], spawn_target: Any, target_loader: Any, delay: float = 0
    ) -> None:
        now = time.monotonic()
        if not delay and any(now - self.wrks[index].birth < YOUNG for index in workers):
            self._pause(now + RESPAWN_AFTER)
        super()._respawn_workers(workers, spawn_target, target_loader, delay)
        self.respawned_wrks.clear()  # from these it would tell that it is time to give up
        if self.interrupt_signal:  # it may have cleared what should wake it for this
            self.main_loop_interrupt.set()

    def _pause(self, end: float) -> None:
        while not self.interrupt_signal and time.monotonic() < end:
            time.sleep(0.1)


def _server() -> MPServer:
    client_ca = _path(settings.STRONGROOM_TLS_CLIENT_CA)
    return _Server(
        "kms_project.wsgi:application",
        address=settings.HOST,
        port=settings.PORT,
        interface=Interfaces.WSGI,
        http=HTTPModes.auto if settings.STRONGROOM_TLS_CERTIFICATE else HTTPModes.http1,
        websockets=False,
        workers=settings.STRONGROOM_WORKERS,
        blocking_threads=settings.STRONGROOM_THREADS,
        respawn_failed_workers=True,
        respawn_interval=RESPAWN_AFTER,
        workers_kill_timeout=KILL_AFTER,
        log_dictconfig=settings.LOGGING,
        log_access=False,  # the trail is the log of calls; this one would hold what URLs hold
        ssl_cert=_path(settings.STRONGROOM_TLS_CERTIFICATE),
        ssl_key=_path(settings.STRONGROOM_TLS_KEY),
        ssl_protocol_min=SSLProtocols.tls12,
        ssl_ca=client_ca,
        ssl_client_verify=client_ca is not None,
    )


def _application(parent: int) -> Callable[..., Any]:
    """What a server process calls; it was loaded before the fork."""
    processes.end_with_parent(parent)
    if settings.STRONGROOM_PIN_WORKERS:
        cores.keep_to_one(settings.STRONGROOM_WORKERS)
    _forget_settings()
    return wsgi.application


def _forget_settings() -> None:
    """Granian lays the process's environment under each request's.

    There the secrets among the settings, which have been read, have no business, and a
    variable named as headers are would pass for one.
    """
    for name in list(os.environ):
        if name.startswith(_NOT_FOR_REQUESTS):
            del os.environ[name]


def _path(text: str) -> Path | None:
    return Path(text) if text else None


class WorkerProcess:
    """`manage.py worker` as a child, started again whenever it ends too soon."""

    def __init__(self) -> None:
        self._ending = threading.Event()
        self._watching = threading.Thread(target=self._watch, name="worker", daemon=True)
        self._process: subprocess.Popen[bytes]

    def start(self) -> None:
        self._process = self._started()
        self._watching.start()

    def stop(self) -> None:
        self._ending.set()
        self._watching.join()
        self._process.terminate()
        try:
            self._process.wait(KILL_AFTER)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _watch(self) -> None:
        while not self._ending.wait(RESPAWN_AFTER):
            if self._process.poll() is not None:
                logger.warning("the worker has ended; starting another")
                self._process = self._started()

    def _started(self) -> "subprocess.Popen[bytes]":
        manage = Path(settings.BASE_DIR, "manage.py")
        return subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, str(manage), "worker", "--parent", str(os.getpid())]
        )
