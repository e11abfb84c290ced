"""Duties: what they are, and when each is due."""

import importlib
import importlib.util
import logging
import random
import threading
import time
from collections.abc import Iterable

from django.apps import apps
from django.db import connection

from audit.events import where
from service.duty import Duty

logger = logging.getLogger("strongroom.worker")


def of_installed_apps() -> list[Duty]:
    """Every app's `duties.DUTIES`, in the order of the apps."""
    names = [f"{config.name}.duties" for config in apps.get_app_configs()]
    modules = [name for name in names if importlib.util.find_spec(name) and name != __name__]
    return [duty for name in modules for duty in importlib.import_module(name).DUTIES]


def do(duty: Duty) -> None:
    """Do it once. A failure is logged; when the duty is due again, it is tried again."""
    try:
        duty.run()
    except Exception as error:
        logger.error("%s failed: %s", duty.name, where(error))
    finally:
        connection.close_if_unusable_or_obsolete()


class Rota:
    """Does duties when they are due, one after the other."""

    def __init__(self, duties: Iterable[Duty]) -> None:
        """Each is first due at a random moment, so that workers do not keep step."""
        now = time.monotonic()
        self._due = {duty: now + random.uniform(0, duty.every_seconds) for duty in duties}  # noqa: S311 - no secret

    def run_until(self, ending: threading.Event) -> None:
        while self._due and not ending.wait(self._seconds_to_next()):
            duty = min(self._due, key=self._due.__getitem__)
            do(duty)
            self._due[duty] = time.monotonic() + duty.every_seconds

    def _seconds_to_next(self) -> float:
        return max(0.0, min(self._due.values()) - time.monotonic())
