"""A folder for each run of a handler, which nobody else may read, and which goes with the run.

A run holds a lock on its folder. What a killed worker left behind has none: whoever comes
next takes it away.
"""

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from pwd import struct_passwd

from secrets_app.rotation.event import StepFailed

_OF_ALL = "strongroom-handlers-{}"


@contextmanager
def private(user: struct_passwd | None) -> Iterator[Path]:
    """An empty folder (0700), the user's once `hand_over` was called; gone at the end.

    Raises StepFailed.
    """
    parent = _parent(open_to_users=user is not None)
    path, lock = _made(parent)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(lock)


def hand_over(folder: Path, user: struct_passwd | None) -> None:
    """Make the folder and all that is in it the user's."""
    if user is None:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def _parent(*, open_to_users: bool) -> Path:
    """Ours, and whoever else may write where temporary files are did not make it."""
    path = Path(tempfile.gettempdir(), _OF_ALL.format(os.geteuid())).absolute()
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise StepFailed(f"{path} is not a folder of this server's user alone: remove it.")
    if open_to_users:
        path.chmod(0o711)
    return path


def _made(parent: Path) -> tuple[Path, int]:
    """A new folder and its lock. One process at a time looks and makes."""
    turn = os.open(parent / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        _clear(parent)
        path = Path(tempfile.mkdtemp(prefix="run-", dir=parent))
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(lock, fcntl.LOCK_EX)
    finally:
        os.close(turn)
    return path, lock


def _clear(parent: Path) -> None:
    for path in parent.glob("run-*"):
        try:
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue  # it is in use
        else:
            shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(lock)
