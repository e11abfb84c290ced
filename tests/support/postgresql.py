"""python -m tests.support.postgresql COMMAND…: run it with a PostgreSQL of its own.

The server is Debian's (`apt-get install postgresql`), on a data directory that goes with
it. Without one, COMMAND is skipped, and a message says so. The URL is TEST_DATABASE_URL.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import daemons
from tests.support.server import free_port

TRUSTING = "host all all 127.0.0.1/32 trust"


@contextmanager
def running(programs: Path) -> Iterator[str]:
    """A server that does not care for its data's safety; its URL."""
    with started(programs, TRUSTING) as (_, port):
        yield f"postgres://strongroom@127.0.0.1:{port}/postgres"


@contextmanager
def started(programs: Path, access: str, *options: str) -> Iterator[tuple[Path, int]]:
    """A server's directory, with its socket, by which everybody may come in, and its port.

    access  pg_hba.conf, for those who do not
    """
    port = free_port()
    with daemons.directory("postgresql") as folder:
        data = folder / "data"
        initdb = (programs / "initdb", "-D", data, "-U", "strongroom", "-A", "trust", "-E", "UTF8")
        daemons.run(*initdb, "--no-sync", "--locale=C.UTF-8")
        (data / "pg_hba.conf").write_text(f"local all all trust\n{access}\n")
        given = " ".join(
            f"-c {each}" for each in ("listen_addresses=127.0.0.1", "fsync=off", *options)
        )
        control = programs / "pg_ctl", "-D", data, "-w"
        daemons.run(*control, "-l", folder / "log", "-o", f"-p {port} -k {folder} {given}", "start")
        try:
            yield folder, port
        finally:
            daemons.run(*control, "-m", "immediate", "stop")


def newest_programs() -> Path | None:
    """Where the newest PostgreSQL of this machine has its programs."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    folders = sorted((path.parent for path in found), key=lambda path: int(path.parent.name))
    return folders[-1] if folders else None


def main() -> int:
    programs = newest_programs()
    if programs is None:
        print("SKIPPED on PostgreSQL: it is not installed (apt-get install postgresql).")
        return 0
    with running(programs) as url:
        return subprocess.run(sys.argv[1:], env={**os.environ, "TEST_DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main())
