"""What the trail keeps outside the database, under STRONGROOM_HOME/audit."""

import os
from pathlib import Path

from django.conf import settings


def directory(*parts: str) -> Path:
    """STRONGROOM_HOME/audit or a directory in it; made, for the owner's eyes only, if new."""
    path = Path(settings.STRONGROOM_HOME, "audit", *parts)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def replace(path: Path, content: bytes) -> None:
    """Write `content` to `path` so that a crash leaves either the old file or the new one."""
    making = path.with_name(f".{path.name}.{os.getpid()}")
    with making.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    making.rename(path)
    flush_directory(path.parent)


def flush_directory(path: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
