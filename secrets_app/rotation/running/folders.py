"""A folder for each run of a handler, which nobody else may read, and which goes with the run.

A run holds a lock on its folder. What a killed worker left behind has none: whoever comes
next takes it away.
"""

import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from pwd import struct_passwd

from secrets_app.rotation.event import StepFailed
from service.ids import uuid4

MOST_TURNS = 100_000  # of `_remove`; what is deeper than that goes by and by
_OF_ALL = "strongroom-handlers-{}"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


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
        _remove(path)
        os.close(lock)


def hand_over(folder: Path, user: struct_passwd | None) -> None:
    """Make the folder and all that is in it the user's.

    The folder comes last: until then nobody else puts a link in the way of what we own.
    """
    if user is None:
        return
    for path in (*folder.rglob("*"), folder):
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
        lock = os.open(path, _FOLDER)
        fcntl.flock(lock, fcntl.LOCK_EX)
    finally:
        os.close(turn)
    return path, lock


def _clear(parent: Path) -> None:
    for path in parent.glob("run-*"):
        try:
            lock = os.open(path, _FOLDER)
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue  # it is in use
        else:
            _remove(path)
        finally:
            os.close(lock)


def _remove(folder: Path) -> None:
    """Take the folder away, as far as we may, however deep a handler has made it.

    Folders in it are emptied into it, one level after the other: going down would find the end
    of the stack, or of the files that may be open.
    """
    with suppress(OSError):
        top = _opened(str(folder))
        try:
            for _ in range(MOST_TURNS):
                gone = [_is_taken_away(top, name) for name in os.listdir(top)]
                if not any(gone):
                    break
        finally:
            os.close(top)
        os.rmdir(folder)


def _is_taken_away(top: int, name: str) -> bool:
    """What was in a folder is in `top` then."""
    try:
        with suppress(IsADirectoryError):
            os.unlink(name, dir_fd=top)
            return True
        inner = _opened(name, top)
        try:
            for each in os.scandir(inner):
                if each.is_dir(follow_symlinks=False):
                    _let_in(each.name, inner)
                os.rename(each.name, uuid4(), src_dir_fd=inner, dst_dir_fd=top)
        finally:
            os.close(inner)
        os.rmdir(name, dir_fd=top)
    except OSError:
        return False
    return True


def _opened(name: str, folder: int | None = None) -> int:
    _let_in(name, folder)
    return os.open(name, _FOLDER, dir_fd=folder)


def _let_in(name: str, folder: int | None) -> None:
    """Into what a handler closed to its own user; root needs no leave, and follows no link."""
    if os.geteuid() != 0:
        os.chmod(name, 0o700, dir_fd=folder)
