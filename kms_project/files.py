"""Files that hold secrets: for the owner's eyes only, and whole at any time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def private_directory(path: Path) -> None:
    """Make it if it is not there; nobody else may look into it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.stat().st_mode & 0o077:
        path.chmod(0o700)


def write(path: Path, text: str) -> None:
    """Put `text` at `path`, on disk when this returns. A crash leaves the old file or the new."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)  # of one who was killed
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    draft.rename(path)
    _flush(path.parent)


def write_if_new(path: Path, text: str) -> None:
    """The same, unless the file says it already."""
    try:
        if path.read_text() == text:
            return
    except FileNotFoundError:
        pass
    write(path, text)


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold the lock that `path` stands for; whoever else wants it waits."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _flush(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
