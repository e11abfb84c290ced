"""python -m tests.support.postgresql COMMAND…: run it with a PostgreSQL of its own.

The server is Debian's (`apt-get install postgresql`), on a data directory that goes with
it. Without one, COMMAND is skipped, and a message says so. The URL is TEST_DATABASE_URL.
"""

import os
import pwd
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.server import free_port

UNPRIVILEGED = "postgres", "nobody"  # PostgreSQL refuses to run as root


@contextmanager
def running(programs: Path) -> Iterator[str]:
    """A server that does not care for its data's safety; its URL."""
    port, user = free_port(), _user()
    with tempfile.TemporaryDirectory(prefix="strongroom-postgresql-") as folder:
        data = Path(folder, "data")
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        initdb: list[str | Path] = [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "strongroom",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        _run(user, *initdb, "--no-sync", "--locale=C.UTF-8")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        control: list[str | Path] = [programs / "pg_ctl", "-D", data, "-w"]
        _run(user, *control, "-l", Path(folder, "log"), "-o", options, "start")
        try:
            yield f"postgres://strongroom@127.0.0.1:{port}/postgres"
        finally:
            _run(user, *control, "-m", "immediate", "stop")


def newest_programs() -> Path | None:
    """Where the newest PostgreSQL of this machine has its programs."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    folders = sorted((path.parent for path in found), key=lambda path: int(path.parent.name))
    return folders[-1] if folders else None


def _user() -> pwd.struct_passwd | None:
    """Whom to run it as; None for ourselves."""
    if os.geteuid():
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(names[name] for name in UNPRIVILEGED if name in names)


def _run(user: pwd.struct_passwd | None, *command: str | Path) -> None:
    ids = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **ids)  # type: ignore[call-overload]


def main() -> int:
    programs = newest_programs()
    if programs is None:
        print("SKIPPED on PostgreSQL: it is not installed (apt-get install postgresql).")
        return 0
    with running(programs) as url:
        return subprocess.run(sys.argv[1:], env={**os.environ, "TEST_DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main())
