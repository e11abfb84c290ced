"""What handlers print, for operators who want it: in files, one of each function.

AWS's own functions print no passwords, but others may: unless a folder is set, nothing is kept.
"""

import logging
import os
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from audit.events import where
from secrets_app.rotation.event import StepEvent
from secrets_app.rotation.functions import Function

MOST_FILE = 4 * 1024 * 1024  # bytes, after which it is put aside, in place of the one before
logger = logging.getLogger("strongroom.worker")


def are_kept() -> bool:
    return bool(settings.STRONGROOM_ROTATION_LOG_DIR)


def write(function: Function, event: StepEvent, output: bytes) -> None:
    """Append what was printed. That it cannot be written fails no rotation."""
    if not are_kept() or not output:
        return
    folder = Path(settings.STRONGROOM_ROTATION_LOG_DIR)
    path = folder / f"{function.account}.{function.region}.{function.name}.log"
    head = f"-- {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {event.step} {event.secret_id}\n"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > MOST_FILE:
            path.replace(path.with_suffix(".log.1"))
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        with os.fdopen(os.open(path, flags, 0o600), "ab") as file:
            file.write(head.encode() + output.rstrip(b"\n") + b"\n")
    except OSError as error:
        logger.error("the log of a rotation function cannot be written: %s", where(error))
