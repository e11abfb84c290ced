"""Servers of other programs, which refuse to run as root."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

UNPRIVILEGED = "postgres", "nobody"
MEMORY = Path("/dev/shm")
ENOUGH = 2**31


@contextmanager
def directory(name: str) -> Iterator[Path]:
    """For one's data, in memory where there is some: nobody cares for it."""
    is_roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH
    where = MEMORY if is_roomy else None
    with tempfile.TemporaryDirectory(prefix=f"strongroom-{name}-", dir=where) as made:
        give(Path(made))
        yield Path(made)


def give(*paths: Path) -> None:
    """Have them belong to whom servers run as."""
    if user := _user():
        for path in paths:
            os.chown(path, user.pw_uid, user.pw_gid)


def run(*command: str | Path) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **_as_user())


def start(*command: str | Path, log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as file:
        return subprocess.Popen(command, stdout=file, stderr=file, **_as_user())


def _as_user() -> dict[str, Any]:
    user = _user()
    ids = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    return {"cwd": "/", **ids}


def _user() -> pwd.struct_passwd | None:
    """Whom to run it as; None for ourselves."""
    if os.geteuid():
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(names[name] for name in UNPRIVILEGED if name in names)
