"""The queue of attempts (django-tasks, in the database), and the threads that work it off.

What is to be done, and how far it is, stands in the rotations' own rows: a task that is lost
with its worker is put there again.
"""

import logging
import threading
from datetime import timedelta

from django.db import close_old_connections, connection
from django.utils import timezone
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from audit.events import where
from secrets_app.rotation import attempts
from service.ids import uuid4

logger = logging.getLogger("strongroom.worker")

LOOK_EVERY = 1.0  # seconds
KEPT = timedelta(days=7)  # after the end
LOST = timedelta(hours=2)  # no attempt takes that long
LAST_STEP = 20.0  # seconds that threads have to end what they do, when the process is to end


class Threads:
    """Work the queue off, several tasks at a time, until the process is to end."""

    def __init__(self, count: int) -> None:
        self._workers = [_worker() for _ in range(count)]
        self._threads = [
            threading.Thread(target=self._run, args=(worker,), name="queue", daemon=True)
            for worker in self._workers
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """What is not done in time is gone on with by another worker."""
        attempts.ending.set()
        for worker in self._workers:
            worker.running = False
        for thread in self._threads:
            thread.join(LAST_STEP)

    def _run(self, worker: Worker) -> None:
        while not attempts.ending.wait(LOOK_EVERY):
            try:
                close_old_connections()
                if DBTaskResult.objects.ready().exists():  # looking takes no lock
                    worker.run()
            except Exception as error:
                logger.error("the queue could not be worked off: %s", where(error))
                connection.close()


def work_off() -> None:
    """Do all that is in the queue now."""
    _worker().run()


def clear() -> None:
    """Delete what ended some days ago, and what a worker died over."""
    now = timezone.now()
    DBTaskResult.objects.finished().filter(finished_at__lte=now - KEPT).delete()
    DBTaskResult.objects.running().filter(started_at__lte=now - LOST).delete()


def _worker() -> Worker:
    """In batches: it returns when the queue is empty."""
    return Worker(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=0,
        batch=True,
        backend_name=DEFAULT_TASK_BACKEND_ALIAS,
        startup_delay=False,
        max_tasks=None,
        worker_id=uuid4(),
    )
